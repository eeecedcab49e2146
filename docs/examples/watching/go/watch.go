// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// The server sends a comment every 15 s.
const longestSilence = 45 * time.Second

var errRefused = errors.New("refused")

// watchTopic calls changed with the topic's nsqds, host:port, at first and whenever they change. It
// goes on over lost connections, and returns when ctx ends or the server refuses.
func watchTopic(ctx context.Context, server, topic string, changed func([]string)) error {
	target := server + "/watch?topic=" + url.QueryEscape(topic)
	lastID := ""
	pause := time.Second
	for ctx.Err() == nil {
		err := readStream(ctx, target, &lastID, &pause, changed)
		if errors.Is(err, errRefused) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		if pause *= 2; pause > 10*time.Second {
			pause = 10 * time.Second
		}
	}
	return nil
}

func readStream(ctx context.Context, target string, lastID *string, pause *time.Duration,
	changed func([]string)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	alive := time.AfterFunc(longestSilence, cancel)
	defer alive.Stop()

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return fmt.Errorf("%w: %v", errRefused, err)
	}
	request.Header.Set("Accept", "text/event-stream")
	if token := os.Getenv("NSQLOOKUPD_TOKEN"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if *lastID != "" {
		request.Header.Set("Last-Event-ID", *lastID)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		err := fmt.Errorf("%s answers %s", target, response.Status)
		if response.StatusCode < 500 {
			err = fmt.Errorf("%w: %v", errRefused, err)
		}
		return err
	}
	*pause = time.Second

	var id, data string
	lines := bufio.NewReader(response.Body)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		alive.Reset(longestSilence)
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			id = value
		case "data":
			data = value
		case "retry":
			if milliseconds, err := strconv.Atoi(value); err == nil {
				*pause = time.Duration(milliseconds) * time.Millisecond
			}
		case "":
			if value != "" || data == "" {
				continue
			}
			addresses, err := addressesOf(data)
			if err != nil {
				return err
			}
			changed(addresses)
			*lastID, data = id, ""
		}
	}
}

// A topic that there is not has no producers.
func addressesOf(data string) ([]string, error) {
	var body struct {
		Producers []struct {
			Host string `json:"broadcast_address"`
			Port int    `json:"tcp_port"`
		} `json:"producers"`
	}
	if err := json.Unmarshal([]byte(data), &body); err != nil {
		return nil, err
	}
	var addresses []string
	for _, producer := range body.Producers {
		addresses = append(addresses, net.JoinHostPort(producer.Host, strconv.Itoa(producer.Port)))
	}
	return addresses, nil
}

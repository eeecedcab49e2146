// SPDX-License-Identifier: MIT

// A consumer that finds new producers in milliseconds, with go-nsq:
//
//	go mod tidy
//	go run . clicks archive http://lookup-1:4161 http://lookup-2:4161
//
// NSQLOOKUPD_TOKEN is the token to show, if the servers want one.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/nsqio/go-nsq"
)

// An nsqlookupd that was restarted knows an nsqd again within 30 s. Until then the consumer stays
// connected to what it had.
const grace = time.Minute

// discovery connects a consumer to every nsqd that any of the servers names.
type discovery struct {
	consumer *nsq.Consumer
	mutex    sync.Mutex
	// The nsqds by the server that names them, and when an nsqd was named for the last time.
	named    map[string][]string
	lastSeen map[string]time.Time
}

func (d *discovery) changed(server string, addresses []string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.named[server] = addresses
	for _, address := range addresses {
		if _, known := d.lastSeen[address]; !known {
			err := d.consumer.ConnectToNSQD(address)
			if err != nil && !errors.Is(err, nsq.ErrAlreadyConnected) {
				// go-nsq does not try again when the first attempt fails.
				log.Printf("%s: %v", address, err)
				continue
			}
		}
		d.lastSeen[address] = time.Now()
	}
}

// tidy tries again what failed, and disconnects from what no server has named for a while.
func (d *discovery) tidy() {
	d.mutex.Lock()
	named := make(map[string][]string, len(d.named))
	for server, addresses := range d.named {
		named[server] = addresses
	}
	d.mutex.Unlock()
	for server, addresses := range named {
		d.changed(server, addresses)
	}

	d.mutex.Lock()
	defer d.mutex.Unlock()
	for address, seen := range d.lastSeen {
		if time.Since(seen) > grace {
			delete(d.lastSeen, address)
			_ = d.consumer.DisconnectFromNSQD(address)
		}
	}
}

func main() {
	if len(os.Args) < 4 {
		log.Fatalf("usage: %s TOPIC CHANNEL http://LOOKUPD:4161…", os.Args[0])
	}
	topic, channel, servers := os.Args[1], os.Args[2], os.Args[3:]
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	config := nsq.NewConfig()
	config.MaxInFlight = 100
	consumer, err := nsq.NewConsumer(topic, channel, config)
	if err != nil {
		log.Fatal(err)
	}
	consumer.AddHandler(nsq.HandlerFunc(func(message *nsq.Message) error {
		fmt.Println(string(message.Body))
		return nil
	}))

	found := &discovery{consumer: consumer, named: map[string][]string{}, lastSeen: map[string]time.Time{}}
	for _, server := range servers {
		server := server
		go func() {
			err := watchTopic(ctx, server, topic, func(addresses []string) { found.changed(server, addresses) })
			if err != nil {
				log.Print(err)
			}
		}()
	}
	every := time.NewTicker(10 * time.Second)
	defer every.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-every.C:
			found.tidy()
		}
	}
	consumer.Stop()
	<-consumer.StopChan
}

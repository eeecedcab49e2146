module nsqlookupd.example/watching

go 1.19

require github.com/nsqio/go-nsq v1.1.0

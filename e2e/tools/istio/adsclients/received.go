package main

import (
	"sync"
	"time"
)

// Report is what all clients have received since the last one.
type Report struct {
	// Bytes of responses, by the last part of their type.
	Bytes map[string]int `json:"bytes"`
	// Responses is how many there were.
	Responses int `json:"responses"`
	// Clients is how many have received something.
	Clients int `json:"clients"`
	// Last is when the last response came, in milliseconds since 1970.
	Last float64 `json:"last"`
}

type received struct {
	mutex   sync.Mutex
	report  Report
	clients map[int]bool
}

func (r *received) add(client int, kind string, bytes int) {
	now := float64(time.Now().UnixMicro()) / 1000
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.clients == nil {
		r.report, r.clients = Report{Bytes: map[string]int{}}, map[int]bool{}
	}
	r.report.Bytes[kind] += bytes
	r.report.Responses++
	r.report.Last = now
	r.clients[client] = true
}

func (r *received) take() Report {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	report := r.report
	report.Clients = len(r.clients)
	r.report, r.clients = Report{}, nil
	return report
}

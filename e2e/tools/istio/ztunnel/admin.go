package main

import (
	"encoding/json"
	"log"
	"net/http"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// serveAdmin tells whether istiod has been heard, to the kubelet, and what it said, to the pod itself.
func serveAdmin(mesh *state) {
	ready := http.NewServeMux()
	ready.HandleFunc("/healthz/ready", func(writer http.ResponseWriter, _ *http.Request) {
		mesh.RLock()
		defer mesh.RUnlock()
		if !mesh.synced {
			writer.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	go func() { log.Fatal(http.ListenAndServe(":15021", ready)) }()
	dump := http.NewServeMux()
	dump.HandleFunc("/config_dump", func(writer http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(writer).Encode(mesh.dump())
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:15000", dump))
}

func (s *state) dump() map[string][]json.RawMessage {
	s.RLock()
	defer s.RUnlock()
	found := map[string][]json.RawMessage{"services": {}, "workloads": {}}
	add := func(kind string, message proto.Message) {
		text, _ := protojson.Marshal(message)
		found[kind] = append(found[kind], text)
	}
	for _, service := range s.services {
		add("services", service)
	}
	for _, workload := range s.workloads {
		add("workloads", workload)
	}
	return found
}

// Sidecars as istiod sees them, without an Envoy behind: many clients of delta ADS that take and acknowledge everything. For each
// line on standard input it answers with what has come since the last one, as a line of JSON.
//
//	adsclients ADDRESS COUNT NAMESPACE ACCOUNT ISTIO_VERSION
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func main() {
	address, namespace, account, version := os.Args[1], os.Args[3], os.Args[4], os.Args[5]
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	received := &received{}
	names := &names{known: map[string]map[string]bool{}}
	for index := range count {
		// A connection for each, as sidecars have. Configuration of thousands of hosts is larger than gRPC's default of 4 MiB.
		connection, err := grpc.NewClient(address,
			grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1<<30)))
		if err != nil {
			log.Fatal(err)
		}
		client := newClient(index, namespace, account, version, received, names)
		// Only the first looks into what it gets; the others ask for the same.
		if err := client.run(context.Background(), connection, index == 0); err != nil {
			log.Fatal(err)
		}
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		answer, err := json.Marshal(received.take())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(answer))
	}
}

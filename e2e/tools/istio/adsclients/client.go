package main

import (
	"context"
	"fmt"
	"log"
	"strings"
	"sync"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

type client struct {
	index    int
	node     *core.Node
	received *received
	names    *names
	mutex    sync.Mutex // gRPC streams take one sender at a time
	stream   discovery.AggregatedDiscoveryService_DeltaAggregatedResourcesClient
}

func newClient(index int, namespace, account, version string, received *received, names *names) *client {
	metadata, err := structpb.NewStruct(map[string]any{
		"NAMESPACE": namespace, "SERVICE_ACCOUNT": account, "CLUSTER_ID": "Kubernetes", "ISTIO_VERSION": version,
		"LABELS": map[string]any{"app": account},
	})
	if err != nil {
		log.Fatal(err)
	}
	// No pod has such an address: istiod knows nothing more of these than what they say.
	id := fmt.Sprintf("sidecar~10.251.%d.%d~client-%d.%s~%s.svc.cluster.local", index/250, index%250+1, index, namespace, namespace)
	return &client{index: index, node: &core.Node{Id: id, Metadata: metadata}, received: received, names: names}
}

// run connects, asks for everything and goes on in the background.
func (c *client) run(ctx context.Context, connection *grpc.ClientConn, reads bool) error {
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(connection).DeltaAggregatedResources(ctx)
	if err != nil {
		return err
	}
	c.stream = stream
	c.send(&discovery.DeltaDiscoveryRequest{Node: c.node, TypeUrl: clusters})
	c.send(&discovery.DeltaDiscoveryRequest{TypeUrl: listeners})
	c.names.join(func(kind string, names []string) {
		c.send(&discovery.DeltaDiscoveryRequest{TypeUrl: kind, ResourceNamesSubscribe: names})
	})
	go c.receive(reads)
	return nil
}

func (c *client) receive(reads bool) {
	for {
		response, err := c.stream.Recv()
		if err != nil {
			log.Fatalf("client %d: %v", c.index, err)
		}
		kind := response.TypeUrl[strings.LastIndex(response.TypeUrl, ".")+1:]
		c.received.add(c.index, kind, proto.Size(response))
		c.send(&discovery.DeltaDiscoveryRequest{TypeUrl: response.TypeUrl, ResponseNonce: response.Nonce})
		if reads {
			if err := c.names.read(response); err != nil {
				log.Fatal(err)
			}
		}
	}
}

func (c *client) send(request *discovery.DeltaDiscoveryRequest) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := c.stream.Send(request); err != nil {
		log.Printf("client %d: %v", c.index, err)
	}
}

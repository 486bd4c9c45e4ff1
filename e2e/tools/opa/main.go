// Stands for OPA with its Envoy plugin, which is on no module proxy: OPA's own engine decides over the same input document, asked by
// Envoy's ext_authz over gRPC. It reads the same configuration file and the same policy folder.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"github.com/open-policy-agent/opa/v1/rego"
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"sigs.k8s.io/yaml"
)

type config struct {
	Plugins struct {
		Envoy struct {
			Addr string `json:"addr"`
			Path string `json:"path"`
		} `json:"envoy_ext_authz_grpc"`
	} `json:"plugins"`
}

type server struct {
	auth.UnimplementedAuthorizationServer
	query rego.PreparedEvalQuery
}

// inputOf makes the document that policies for the plugin are written for.
func inputOf(request *auth.CheckRequest) (map[string]any, error) {
	text, err := protojson.Marshal(request)
	if err != nil {
		return nil, err
	}
	input := map[string]any{}
	if err := json.Unmarshal(text, &input); err != nil {
		return nil, err
	}
	input["version"] = map[string]string{"encoding": "protojson", "ext_authz": "v3"}
	if target, err := url.Parse(request.GetAttributes().GetRequest().GetHttp().GetPath()); err == nil {
		path := []any{}
		for _, part := range strings.Split(strings.TrimPrefix(target.Path, "/"), "/") {
			path = append(path, part)
		}
		query := map[string]any{}
		for name, values := range target.Query() {
			query[name] = values
		}
		input["parsed_path"] = path
		input["parsed_query"] = query
	}
	return input, nil
}

func answer(allowed bool, status int) *auth.CheckResponse {
	if allowed {
		return &auth.CheckResponse{
			Status:       &rpc.Status{Code: int32(codes.OK)},
			HttpResponse: &auth.CheckResponse_OkResponse{OkResponse: &auth.OkHttpResponse{Headers: []*core.HeaderValueOption{}}},
		}
	}
	denied := &auth.DeniedHttpResponse{Status: &typev3.HttpStatus{Code: typev3.StatusCode(status)}}
	return &auth.CheckResponse{
		Status:       &rpc.Status{Code: int32(codes.PermissionDenied)},
		HttpResponse: &auth.CheckResponse_DeniedResponse{DeniedResponse: denied},
	}
}

// Check decides about one call. What the policy leaves undefined is refused.
func (s *server) Check(ctx context.Context, request *auth.CheckRequest) (*auth.CheckResponse, error) {
	input, err := inputOf(request)
	if err != nil {
		return nil, err
	}
	results, err := s.query.Eval(ctx, rego.EvalInput(input))
	if err != nil {
		return nil, err
	}
	if len(results) == 0 || len(results[0].Expressions) == 0 {
		return answer(false, http.StatusForbidden), nil
	}
	switch decision := results[0].Expressions[0].Value.(type) {
	case bool:
		return answer(decision, http.StatusForbidden), nil
	case map[string]any:
		allowed, _ := decision["allowed"].(bool)
		status := http.StatusForbidden
		if number, ok := decision["http_status"].(json.Number); ok {
			if value, err := number.Int64(); err == nil {
				status = int(value)
			}
		}
		return answer(allowed, status), nil
	}
	return answer(false, http.StatusForbidden), nil
}

func run() error {
	file := flag.String("config-file", "", "configuration of OPA")
	policies := flag.String("policies", "", "folder of policies")
	diagnostics := flag.String("diagnostic-addr", ":8282", "where health is told")
	flag.Parse()
	text, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	var settings config
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return err
	}
	decision := "data." + strings.ReplaceAll(settings.Plugins.Envoy.Path, "/", ".")
	query, err := rego.New(rego.Query(decision), rego.Load([]string{*policies}, nil)).PrepareForEval(context.Background())
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	listener, err := net.Listen("tcp", settings.Plugins.Envoy.Addr)
	if err != nil {
		return err
	}
	grpcServer := grpc.NewServer()
	auth.RegisterAuthorizationServer(grpcServer, &server{query: query})
	go func() {
		http.HandleFunc("/health", func(writer http.ResponseWriter, _ *http.Request) { writer.WriteHeader(http.StatusOK) })
		log.Fatal(http.ListenAndServe(*diagnostics, nil))
	}()
	return grpcServer.Serve(listener)
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

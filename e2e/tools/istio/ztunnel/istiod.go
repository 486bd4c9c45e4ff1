package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	pb "istio.io/api/security/v1alpha1"
	pki "istio.io/istio/security/pkg/pki/util"
)

// Files as a kubelet mounts them, below the working directory.
const (
	tokenFile = "var/run/secrets/tokens/istio-token"
	rootFile  = "var/run/secrets/istio/root-cert.pem"
)

// serviceAccountToken proves to istiod who the pod is.
type serviceAccountToken struct{}

func (serviceAccountToken) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, err
	}
	return map[string]string{"authorization": "Bearer " + strings.TrimSpace(string(token)), "clusterid": "Kubernetes"}, nil
}

func (serviceAccountToken) RequireTransportSecurity() bool { return true }

func meshRoots() (*x509.CertPool, error) {
	pem, err := os.ReadFile(rootFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in " + rootFile)
	}
	return pool, nil
}

func dialIstiod(address string) (*grpc.ClientConn, error) {
	roots, err := meshRoots()
	if err != nil {
		return nil, err
	}
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	transport := credentials.NewTLS(&tls.Config{RootCAs: roots, ServerName: name})
	return grpc.NewClient(address, grpc.WithTransportCredentials(transport), grpc.WithPerRPCCredentials(serviceAccountToken{}))
}

// certify gets the pod's certificate from istiod's authority. It lives a day, longer than any test.
func certify(ctx context.Context, istiod *grpc.ClientConn, self pod) (tls.Certificate, error) {
	request, key, err := pki.GenCSR(pki.CertOptions{Host: self.spiffe(), ECSigAlg: pki.EcdsaSigAlg})
	if err != nil {
		return tls.Certificate{}, err
	}
	answer, err := pb.NewIstioCertificateServiceClient(istiod).CreateCertificate(ctx, &pb.IstioCertificateRequest{
		Csr:              string(request),
		ValidityDuration: 24 * 60 * 60,
	}, grpc.WaitForReady(true))
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair([]byte(strings.Join(answer.CertChain, "\n")), key)
}

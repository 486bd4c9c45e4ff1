package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"golang.org/x/net/http2"
)

// tunnelled is one HBONE stream. Each has a connection of its own: a pooled one would show a test the policies of an earlier one.
type tunnelled struct {
	*io.PipeWriter
	answer     io.ReadCloser
	connection *http2.ClientConn
}

func (t tunnelled) Read(into []byte) (int, error) { return t.answer.Read(into) }
func (t tunnelled) CloseWrite() error             { return t.PipeWriter.Close() }
func (t tunnelled) Close() error {
	t.PipeWriter.Close()
	t.answer.Close()
	return t.connection.Close()
}

// tunnel asks the other side by CONNECT, over mutual TLS, for what the caller wanted.
func (o *outbound) tunnel(ctx context.Context, raw net.Conn, way route) (stream, error) {
	secure := tls.Client(raw, &tls.Config{
		Certificates:       []tls.Certificate{o.certificate},
		NextProtos:         []string{"h2"},
		InsecureSkipVerify: true, // it is verified below: by the authority and the identity, a workload has no name
		VerifyConnection:   func(state tls.ConnectionState) error { return o.verify(state, way.identity) },
	})
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	connection, err := (&http2.Transport{}).NewClientConn(secure)
	if err != nil {
		return nil, err
	}
	reader, writer := io.Pipe()
	answer, err := connection.RoundTrip(&http.Request{
		Method: http.MethodConnect,
		URL:    &url.URL{Scheme: "https", Host: way.authority},
		Host:   way.authority,
		Header: http.Header{
			"Forwarded": {fmt.Sprintf("for=%s", o.self.address)},
			"Baggage": {fmt.Sprintf("k8s.namespace.name=%s,k8s.pod.name=%s,service.name=%s",
				o.self.namespace, o.self.name, o.self.account)},
		},
		Body: reader,
	})
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("CONNECT %s: %s", way.authority, answer.Status)
	}
	return tunnelled{writer, answer.Body, connection}, nil
}

func (o *outbound) verify(state tls.ConnectionState, identity string) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("no certificate")
	}
	intermediates := x509.NewCertPool()
	for _, certificate := range state.PeerCertificates[1:] {
		intermediates.AddCert(certificate)
	}
	leaf := state.PeerCertificates[0]
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: o.roots, Intermediates: intermediates}); err != nil {
		return err
	}
	for _, uri := range leaf.URIs {
		if uri.String() == identity {
			return nil
		}
	}
	return fmt.Errorf("the other side is %v, not %s", leaf.URIs, identity)
}

// splice carries bytes both ways until both sides have said their last; a side that breaks off breaks the other off.
func splice(caller *net.TCPConn, far stream) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := io.Copy(far, caller); err != nil {
			far.Close()
			return
		}
		far.CloseWrite()
	}()
	if _, err := io.Copy(caller, far); err != nil {
		caller.SetLinger(0)
		caller.Close()
	} else {
		caller.CloseWrite()
	}
	<-done
}

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// outbound takes over the connections that the pod's rules redirect, and carries them on.
type outbound struct {
	mesh        *state
	self        pod
	certificate tls.Certificate
	roots       *x509.CertPool
}

func (o *outbound) serve() error {
	listener, err := net.Listen("tcp4", ":15001")
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go o.carry(connection.(*net.TCPConn))
	}
}

// stream is the far side of a connection.
type stream interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	CloseWrite() error
	Close() error
}

func (o *outbound) carry(caller *net.TCPConn) {
	defer caller.Close()
	start := time.Now()
	destination, err := originalDestination(caller)
	if err != nil {
		return
	}
	line := accessLogLine{Start: start.UTC().Format(time.RFC3339Nano), Protocol: "TCP", From: caller.RemoteAddr().String(), At: destination.String()}
	far, err := o.open(destination, &line)
	if err != nil {
		line.Failure = err.Error()
	}
	line.write()
	if err == nil {
		defer far.Close()
		splice(caller, far)
	}
}

func (o *outbound) open(destination netip.AddrPort, line *accessLogLine) (stream, error) {
	way, err := o.mesh.routeTo(destination)
	if err != nil {
		return nil, err
	}
	line.Cluster, line.Authority = way.service, way.authority
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp4", way.to)
	if err != nil {
		return nil, err
	}
	line.Out, line.To = raw.LocalAddr().String(), raw.RemoteAddr().String()
	if way.authority == "" {
		return raw.(*net.TCPConn), nil
	}
	far, err := o.tunnel(ctx, raw, way)
	if err != nil {
		raw.Close()
		return nil, err
	}
	return far, nil
}

// accessLogLine has the fields that the proxies' access logs have, as far as a tunnel knows them.
type accessLogLine struct {
	Start     string `json:"start"`
	Protocol  string `json:"protocol"`
	From      string `json:"from"`
	At        string `json:"at"`
	Out       string `json:"out,omitempty"`
	To        string `json:"to,omitempty"`
	Cluster   string `json:"cluster,omitempty"`
	Authority string `json:"authority,omitempty"`
	Failure   string `json:"failure,omitempty"`
}

func (l accessLogLine) write() {
	text, _ := json.Marshal(l)
	fmt.Fprintf(os.Stdout, "%s\n", text)
}

// originalDestination asks the kernel where a redirected connection wanted to go.
func originalDestination(connection *net.TCPConn) (netip.AddrPort, error) {
	const soOriginalDst = 80
	raw, err := connection.SyscallConn()
	if err != nil {
		return netip.AddrPort{}, err
	}
	var address *syscall.IPv6Mreq // as large as the sockaddr_in that comes: family, port, address
	var failure error
	if err := raw.Control(func(descriptor uintptr) {
		address, failure = syscall.GetsockoptIPv6Mreq(int(descriptor), syscall.IPPROTO_IP, soOriginalDst)
	}); err != nil {
		return netip.AddrPort{}, err
	}
	if failure != nil {
		return netip.AddrPort{}, failure
	}
	bytes := address.Multiaddr
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(bytes[4:8])), uint16(bytes[2])<<8|uint16(bytes[3])), nil
}

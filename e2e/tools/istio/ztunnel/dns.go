package main

import (
	"log"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// serveDNS answers for the hosts that istiod knows with their virtual addresses, and passes on what else is asked.
func serveDNS(mesh *state, self pod) {
	settings, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	must(err)
	resolver := net.JoinHostPort(settings.Servers[0], settings.Port)
	handler := dns.HandlerFunc(func(writer dns.ResponseWriter, question *dns.Msg) {
		answer := mesh.resolve(question, self.namespace)
		if answer == nil {
			var err error
			if answer, _, err = (&dns.Client{}).Exchange(question, resolver); err != nil {
				answer = new(dns.Msg).SetRcode(question, dns.RcodeServerFailure)
			}
		}
		_ = writer.WriteMsg(answer)
	})
	log.Fatal((&dns.Server{Addr: ":15053", Net: "udp4", Handler: handler}).ListenAndServe())
}

// resolve answers nothing for names that no service of the mesh has.
func (s *state) resolve(question *dns.Msg, namespace string) *dns.Msg {
	asked := question.Question[0]
	s.RLock()
	defer s.RUnlock()
	service := s.serviceNamed(strings.ToLower(strings.TrimSuffix(asked.Name, ".")), namespace)
	if service == nil {
		return nil
	}
	answer := new(dns.Msg).SetReply(question)
	for _, address := range service.Addresses {
		ip, _ := netip.AddrFromSlice(address.Address)
		if asked.Qtype == dns.TypeA && ip.Is4() {
			head := dns.RR_Header{Name: asked.Name, Rrtype: dns.TypeA, Class: dns.ClassINET}
			answer.Answer = append(answer.Answer, &dns.A{Hdr: head, A: ip.AsSlice()})
		}
	}
	return answer
}

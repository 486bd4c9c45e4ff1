// Command engine answers what calls would do in an Istio mesh. It reads one question as JSON from its input, and writes one answer as JSON.
// What istiod does with manifests, istiod's own generator says; what Envoy does with that, internal/envoy.
package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"runtime/debug"

	"cdk8s-istio-egress-engine/internal/follow"
	"cdk8s-istio-egress-engine/internal/input"
	"cdk8s-istio-egress-engine/internal/inventory"
	"cdk8s-istio-egress-engine/internal/mesh"
)

// question is what is asked.
type question struct {
	// Paths are files and folders of manifests.
	Paths []string `json:"paths"`
	// Manifests are manifests themselves, as one text.
	Manifests string `json:"manifests"`
	// Mesh is the mesh configuration, in YAML.
	Mesh string `json:"mesh"`
	// Outside are addresses of names outside.
	Outside map[string]netip.Addr `json:"outside"`
	// OnlyThoseOutside is set where other names do not exist outside.
	OnlyThoseOutside bool          `json:"onlyThoseOutside"`
	Calls            []follow.Call `json:"calls"`
	// Inventory asks for everything that anybody reaches, instead of calls.
	Inventory bool `json:"inventory"`
}

// answer is what comes back.
type answer struct {
	Istio   string          `json:"istio"`
	Answers []follow.Answer `json:"answers"`
	// Inventory is who reaches what.
	Inventory []inventory.Row `json:"inventory,omitempty"`
	// Callers are those whom the inventory asked for.
	Callers  []string        `json:"callers,omitempty"`
	Problems []input.Problem `json:"problems"`
}

func main() {
	debug.SetGCPercent(400) // it lives for seconds
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fail(fmt.Errorf("the question: %w", err))
	}
	said, err := reply(asked)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		fail(err)
	}
	os.Exit(0) // without waiting for what istiod's generator started
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "engine:", err)
	os.Exit(2)
}

func reply(asked question) (*answer, error) {
	objects, problems := input.Read(asked.Paths)
	more, unread := input.Parse([]byte(asked.Manifests), "")
	objects, problems = append(objects, more...), append(problems, unread...)
	var callers []mesh.Caller
	for _, call := range asked.Calls {
		caller, err := follow.CallerOf(call.From)
		if err != nil {
			return nil, err
		}
		callers = append(callers, caller)
	}
	built, err := mesh.Build(objects, asked.Mesh, callers, asked.Inventory)
	if err != nil {
		return nil, err
	}
	said := &answer{Istio: mesh.IstioVersion, Answers: []follow.Answer{}, Problems: append(problems, built.Problems...)}
	if asked.Inventory {
		said.Inventory = inventory.List(built)
		for _, caller := range built.Callers() {
			said.Callers = append(said.Callers, caller.Namespace+"/"+caller.Name)
		}
		return said, nil
	}
	walker := follow.NewWalker(built, asked.Outside, asked.OnlyThoseOutside)
	for _, call := range asked.Calls {
		said.Answers = append(said.Answers, walker.Follow(call))
	}
	return said, nil
}

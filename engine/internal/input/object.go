// Package input reads manifests as people keep them: folders and files of YAML or JSON, Lists, and dumps of a cluster.
package input

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Object is one manifest, and where it stands.
type Object struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	// JSON is the whole object.
	JSON []byte `json:"-"`
	File string `json:"-"`
	// Line counts from 1.
	Line int `json:"-"`
}

// Group is the API group, empty for Kubernetes' core.
func (o Object) Group() string {
	group, _, found := strings.Cut(o.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

// Key names an object within its mesh: kind, namespace and name.
func (o Object) Key() string { return Key(o.Kind, o.Namespace, o.Name) }

// Key names an object within its mesh.
func Key(kind, namespace, name string) string { return kind + "/" + namespace + "/" + name }

// Code tells kinds of problems apart.
type Code string

const (
	// Unreadable is what is no YAML or JSON, or cannot be opened.
	Unreadable Code = "unreadable"
	// NoManifest is what has neither apiVersion nor kind.
	NoManifest Code = "no-manifest"
	// UnknownKind is a kind that Istio's or the Gateway API's groups do not have.
	UnknownKind Code = "unknown-kind"
	// Invalid is what a cluster would refuse.
	Invalid Code = "invalid"
	// Twice is an object that stands in two places and differs.
	Twice Code = "twice"
)

// Problem is something that could not be read or that a cluster would refuse.
type Problem struct {
	Code    Code   `json:"code"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Object  string `json:"object,omitempty"`
	Message string `json:"message"`
}

var errNoManifest = errors.New("neither apiVersion nor kind: no manifest of Kubernetes")

// parse reads one document of JSON; a List becomes its items.
func parse(text []byte, file string, line int) ([]Object, error) {
	object := Object{JSON: text, File: file, Line: line}
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, err
	}
	if object.Kind == "" || object.APIVersion == "" {
		return nil, errNoManifest
	}
	if object.Kind != "List" {
		return []Object{object}, nil
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	var all []Object
	for index, item := range list.Items {
		objects, err := parse(item, file, line)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", index, err)
		}
		all = append(all, objects...)
	}
	return all, nil
}

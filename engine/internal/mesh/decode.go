package mesh

import (
	"encoding/json"
	"fmt"
	"strings"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	kubelib "istio.io/istio/pkg/kube"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"cdk8s-istio-egress-engine/internal/input"
)

// decoded is what istiod reads of a manifest: as an object of Kubernetes, and, for Istio's own kinds, as its configuration.
type decoded struct {
	object runtime.Object
	config *config.Config
}

// decode answers nothing for kinds that neither istiod nor a call on its way knows.
func decode(manifest input.Object) (decoded, error) {
	kind := schema.FromAPIVersionAndKind(manifest.APIVersion, manifest.Kind)
	known, isKnown := collections.All.FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&kind))
	text := manifest.JSON
	if isKnown && known.APIVersion() != manifest.APIVersion {
		renamed, err := withVersion(text, known.APIVersion())
		if err != nil {
			return decoded{}, err
		}
		text = renamed
	}
	object, _, err := kubelib.IstioCodec.UniversalDeserializer().Decode(text, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		return decoded{}, nil
	}
	if err != nil {
		return decoded{}, err
	}
	defaults(object)
	if !isKnown || !strings.HasSuffix(known.Group(), ".istio.io") {
		return decoded{object: object}, nil
	}
	its, err := configOf(known, text)
	if err != nil {
		return decoded{}, err
	}
	if _, err := known.ValidateConfig(*its); err != nil {
		return decoded{}, fmt.Errorf("istiod's webhook refuses it: %w", err)
	}
	return decoded{object, its}, nil
}

func configOf(known resource.Schema, text []byte) (*config.Config, error) {
	object := &crd.IstioKind{}
	if err := json.Unmarshal(text, object); err != nil {
		return nil, err
	}
	return crd.ConvertObject(known, object, "cluster.local")
}

func withVersion(text []byte, version string) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	quoted, err := json.Marshal(version)
	if err != nil {
		return nil, err
	}
	fields["apiVersion"] = quoted
	return json.Marshal(fields)
}

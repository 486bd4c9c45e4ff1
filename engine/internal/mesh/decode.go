package mesh

import (
	"encoding/json"
	"errors"
	"fmt"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"

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
	if !isKnown && isOfMesh(manifest.Group()) {
		return decoded{}, fmt.Errorf("%w: %s has no kind %s", errUnknownKind, manifest.APIVersion, manifest.Kind)
	}
	var its decoded
	isIstios := isKnown && strings.HasSuffix(known.Group(), ".istio.io")
	if isIstios {
		configuration, err := configOf(known, text)
		if err != nil {
			return decoded{}, err
		}
		if _, err := known.ValidateConfig(*configuration); err != nil {
			return decoded{}, fmt.Errorf("istiod's webhook refuses it: %w", err)
		}
		its.config = configuration
	}
	if !isIstios || slices.Contains(forAmbient, manifest.Kind) {
		object, _, err := kubelib.IstioCodec.UniversalDeserializer().Decode(text, nil, nil)
		if runtime.IsNotRegisteredError(err) {
			return its, nil
		}
		if err != nil {
			return decoded{}, err
		}
		defaults(object)
		its.object = object
	}
	return its, nil
}

// errUnknownKind is said of misspelt kinds: what istiod does not read protects nobody.
var errUnknownKind = errors.New("istiod does not read it")

// isOfMesh tells whether all of a group's kinds are istiod's to read.
func isOfMesh(group string) bool {
	return strings.HasSuffix(group, ".istio.io") && group != "install.istio.io" && group != "operator.istio.io" || group == "gateway.networking.k8s.io"
}

// forAmbient are those of Istio's kinds that its index for ambient meshes reads as objects of Kubernetes.
var forAmbient = []string{"ServiceEntry", "WorkloadEntry", "WorkloadGroup", "AuthorizationPolicy", "PeerAuthentication"}

// decodeAll decodes on all processors.
func decodeAll(manifests []input.Object) ([]decoded, []error) {
	results, errors := make([]decoded, len(manifests)), make([]error, len(manifests))
	var wait sync.WaitGroup
	workers := goruntime.GOMAXPROCS(0)
	for worker := range workers {
		wait.Go(func() {
			for index := worker; index < len(manifests); index += workers {
				results[index], errors[index] = decode(manifests[index])
			}
		})
	}
	wait.Wait()
	return results, errors
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

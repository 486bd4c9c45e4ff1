module cdk8s-istio-egress/bench

go 1.26.0

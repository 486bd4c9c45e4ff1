package istio.authz

import rego.v1

default allow := false

request := input.attributes.request.http

# Anybody who came so far may read the status.
allow if {
	request.method == "GET"
	startswith(request.path, "/status/")
}

# Everything else needs the day's word.
allow if request.headers["x-word-of-the-day"] == "teapot"

package mesh

import (
	"fmt"
	"os"
)

// failer is what Istio's test helpers ask for: they report by it what goes wrong, and how to stop what they started.
type failer struct{ cleanups []func() }

// failure is what a helper of Istio's reported.
type failure string

func (f *failer) Fail()                        { panic(failure("Istio's generator failed")) }
func (f *failer) FailNow()                     { f.Fail() }
func (f *failer) Fatal(args ...any)            { panic(failure(fmt.Sprint(args...))) }
func (f *failer) Fatalf(s string, args ...any) { panic(failure(fmt.Sprintf(s, args...))) }
func (f *failer) Log(...any)                   {}
func (f *failer) Logf(string, ...any)          {}
func (f *failer) TempDir() string              { return os.TempDir() }
func (f *failer) Helper()                      {}
func (f *failer) Cleanup(cleanup func())       { f.cleanups = append(f.cleanups, cleanup) }
func (f *failer) Skip(...any)                  {}

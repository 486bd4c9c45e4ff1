package input

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"
)

// Read reads files, and folders with all that is below them whose name ends in .yaml, .yml or .json. It goes on past what it cannot read.
func Read(paths []string) ([]Object, []Problem) {
	files, problems := filesOf(paths)
	type result struct {
		objects  []Object
		problems []Problem
	}
	results := make([]result, len(files))
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for index := range next {
				objects, problems := readFile(files[index])
				results[index] = result{objects, problems}
			}
		})
	}
	for index := range files {
		next <- index
	}
	close(next)
	wait.Wait()
	var objects []Object
	for _, one := range results {
		objects = append(objects, one.objects...)
		problems = append(problems, one.problems...)
	}
	return objects, problems
}

func filesOf(paths []string) (files []string, problems []Problem) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() {
				if name := entry.Name(); file != path && (name == "node_modules" || strings.HasPrefix(name, ".")) {
					return filepath.SkipDir
				}
				return nil
			}
			if file == path || isManifest(file) {
				files = append(files, file)
			}
			return nil
		})
		if err != nil {
			problems = append(problems, Problem{Code: Unreadable, File: path, Message: err.Error()})
		}
	}
	return files, problems
}

func isManifest(file string) bool {
	switch filepath.Ext(file) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

func readFile(file string) ([]Object, []Problem) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, []Problem{{Code: Unreadable, File: file, Message: err.Error()}}
	}
	return Parse(text, file)
}

// Parse reads the documents of one text.
func Parse(text []byte, file string) (objects []Object, problems []Problem) {
	for _, document := range split(text) {
		found, err := document.parse(file)
		if err != nil {
			code := Unreadable
			if errors.Is(err, errNoManifest) {
				code = NoManifest
			}
			problems = append(problems, Problem{Code: code, File: file, Line: document.line, Message: err.Error()})
		}
		objects = append(objects, found...)
	}
	return objects, problems
}

type document struct {
	text []byte
	line int
}

func (d document) parse(file string) ([]Object, error) {
	text := d.text
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) == 0 {
		return nil, nil
	} else if trimmed[0] != '{' {
		converted, err := yaml.YAMLToJSON(text)
		if err != nil {
			return nil, err
		}
		text = converted
	}
	if bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
		return nil, nil
	}
	return parse(text, file, d.line)
}

// split cuts a stream of YAML where a line is a document's start; each document has the line of its first word.
func split(text []byte) []document {
	var documents []document
	start, startLine, line := 0, 1, 1
	cut := func(end int) {
		part := text[start:end]
		at := startLine
		for _, row := range bytes.Split(part, []byte("\n")) {
			if word := bytes.TrimSpace(row); len(word) > 0 && word[0] != '#' {
				documents = append(documents, document{part, at})
				return
			}
			at++
		}
	}
	for from := 0; from < len(text); line++ {
		end := bytes.IndexByte(text[from:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += from + 1
		}
		if row := text[from:end]; bytes.HasPrefix(row, []byte("---")) && len(bytes.TrimSpace(row)) == 3 {
			cut(from)
			start, startLine = end, line+1
		}
		from = end
	}
	cut(len(text))
	return documents
}

// Checks a bundle, or single proofs, with the code for transparency logs that the makers of Go wrote for their own log
// of modules (golang.org/x/mod/sumdb): nothing of Kuager is in it.
//
//	check FOLDER          the log's signature, every entry, every earlier checkpoint of a bundle; prints what it checked
//	check -proofs <LINES  "name index size leaf root hash…" and "name=size larger root larger-root hash…", in
//	                      hexadecimal digits; prints the names of those that hold
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("check FOLDER, or check -proofs"))
	}
	if os.Args[1] == "-proofs" {
		checkProofs()
		return
	}
	bundle := os.Args[1]
	key := strings.TrimSpace(read(bundle, "keys/log.vkey"))
	head := checkpoint(key, read(bundle, "log/checkpoint"))
	fmt.Println("entries", checkEntries(bundle, key, head))
	fmt.Println("checkpoints", checkGrowth(bundle, key, head))
}

func checkEntries(bundle, key string, head tlog.Tree) int {
	leaves := list(bundle, "log/*.leaf")
	for _, path := range leaves {
		lines := strings.Split(read(bundle, strings.TrimSuffix(path, ".leaf")+".tlog-proof"), "\n")
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		fail(err)
		if lines[0] != "c2sp.org/tlog-proof@v1" || path != fmt.Sprintf("log/%d.leaf", index) {
			fail(fmt.Errorf("%s is no proof of this entry", path))
		}
		var proof tlog.RecordProof
		at := 2
		for ; lines[at] != ""; at++ {
			proof = append(proof, parsed(lines[at]))
		}
		if checkpoint(key, strings.Join(lines[at+1:], "\n")) != head {
			fail(fmt.Errorf("%s is proved by another checkpoint", path))
		}
		if err := tlog.CheckRecord(proof, head.N, head.Hash, index, tlog.RecordHash([]byte(read(bundle, path)))); err != nil {
			fail(fmt.Errorf("%s: %w", path, err))
		}
	}
	return len(leaves)
}

func checkGrowth(bundle, key string, head tlog.Tree) int {
	files := list(bundle, "log/consistency/*.txt")
	for _, path := range files {
		var size, larger int64
		_, err := fmt.Sscanf(filepath.Base(path), "%d-%d.txt", &size, &larger)
		fail(err)
		earlier := checkpoint(key, read(bundle, fmt.Sprintf("log/checkpoints/%d", size)))
		later := head
		if larger != head.N {
			later = checkpoint(key, read(bundle, fmt.Sprintf("log/checkpoints/%d", larger)))
		}
		var proof tlog.TreeProof
		for _, line := range strings.Fields(read(bundle, path)) {
			proof = append(proof, parsed(line))
		}
		if earlier.N != size || later.N != larger {
			fail(fmt.Errorf("%s names other checkpoints", path))
		}
		if err := tlog.CheckTree(proof, later.N, later.Hash, earlier.N, earlier.Hash); err != nil {
			fail(fmt.Errorf("%s: %w", path, err))
		}
	}
	return len(files)
}

func checkpoint(key, text string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	fail(err)
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	fail(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail(errors.New("no checkpoint of this log"))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fail(err)
	return tlog.Tree{N: size, Hash: parsed(lines[2])}
}

func checkProofs() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		first, err := strconv.ParseInt(fields[1], 10, 64)
		fail(err)
		size, err := strconv.ParseInt(fields[2], 10, 64)
		fail(err)
		var hashes []tlog.Hash
		for _, field := range fields[3:] {
			var hash tlog.Hash
			data, err := hex.DecodeString(field)
			fail(err)
			copy(hash[:], data)
			hashes = append(hashes, hash)
		}
		if strings.Contains(fields[0], "=") {
			err = tlog.CheckTree(hashes[2:], size, hashes[1], first, hashes[0])
		} else {
			err = tlog.CheckRecord(hashes[2:], size, hashes[1], first, hashes[0])
		}
		if err == nil {
			fmt.Println(fields[0])
		}
	}
	fail(lines.Err())
}

func parsed(text string) (hash tlog.Hash) {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	fail(err)
	if copy(hash[:], data); len(data) != len(hash) {
		fail(errors.New("no SHA-256"))
	}
	return hash
}

func list(bundle, pattern string) []string {
	paths, err := filepath.Glob(filepath.Join(bundle, pattern))
	fail(err)
	for i, path := range paths {
		paths[i], err = filepath.Rel(bundle, path)
		fail(err)
	}
	return paths
}

func read(bundle, path string) string {
	data, err := os.ReadFile(filepath.Join(bundle, path))
	fail(err)
	return string(data)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

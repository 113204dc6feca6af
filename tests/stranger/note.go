package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var errNote = errors.New("not a signed note of this key")
var errTwo = errors.New("signed by two logs of the anchors")

// A verifier is a C2SP verifier key: Ed25519 (kind 1) or a cosignature's (kind 4).
type verifier struct {
	name, text string
	hash       [4]byte
	kind       byte
	public     []byte
	at         int // when a witness signed, in Unix seconds
}

func parseVerifier(text string) (verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 || !keyName(parts[0]) {
		return verifier{}, errNote
	}
	data, ok := decode64(parts[2])
	if !ok || len(data) != 33 || data[0] != 1 && data[0] != 4 {
		return verifier{}, errNote
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	key := verifier{name: parts[0], text: text, kind: data[0], public: data[1:]}
	copy(key.hash[:], digest[:])
	if hex.EncodeToString(digest[:4]) != parts[1] || !goodPoint(key.public) {
		return verifier{}, errNote
	}
	return key, nil
}

func keyName(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, func(c rune) bool {
		return c < ' ' || c == '+' || unicode.IsSpace(c)
	}) < 0
}

// openNote returns the text of a note and the keys whose lines verify.
// A line of a known key that does not verify refuses the note; lines of strangers are passed over.
func openNote(data []byte, keys ...verifier) (string, []verifier, error) {
	if len(data) > 65536 || !utf8.Valid(data) || bytes.IndexFunc(data, func(c rune) bool { return c < ' ' && c != '\n' }) >= 0 {
		return "", nil, errNote
	}
	split := bytes.LastIndex(data, []byte("\n\n"))
	if split < 0 || data[len(data)-1] != '\n' {
		return "", nil, errNote
	}
	text := string(data[:split+1])
	lines := strings.Split(strings.TrimSuffix(string(data[split+2:]), "\n"), "\n")
	if len(lines) > 64 {
		return "", nil, errNote
	}
	var found []verifier
	for _, line := range lines {
		rest, ok := cutPrefix(line, "— ")
		name, code, two := strings.Cut(rest, " ")
		blob, clean := decode64(code)
		if !ok || !two || !keyName(name) || !clean || len(blob) < 5 {
			return "", nil, errNote
		}
		for _, key := range keys {
			if key.name == name && bytes.Equal(key.hash[:], blob[:4]) {
				if !key.signed(text, blob[4:]) {
					return "", nil, errNote
				}
				if key.kind == 4 {
					key.at = int(binary.BigEndian.Uint64(blob[4:]))
				}
				found = append(found, key)
			}
		}
	}
	if len(found) == 0 {
		return "", nil, errNote
	}
	return text, found, nil
}

func (key verifier) signed(text string, sig []byte) bool {
	if key.kind == 1 {
		return strictEd25519(key.public, []byte(text), sig)
	}
	if len(sig) != 72 || sig[0]&0x80 != 0 { // the time is below 2^63
		return false
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), text)
	return strictEd25519(key.public, []byte(message), sig[8:])
}

// A checkpoint is a note of three lines: origin, size, root.
type checkpoint struct {
	origin string
	size   int
	root   hash
	keys   []verifier
}

func openCheckpoint(data []byte, key verifier, others ...verifier) (checkpoint, error) {
	text, found, err := openNote(data, append([]verifier{key}, others...)...)
	if err != nil {
		return checkpoint{}, err
	}
	point, ok := checkpointBody(text)
	point.keys = found
	signed := map[string]bool{}
	for _, k := range found {
		signed[k.text] = true
	}
	if !ok || !signed[key.text] || len(signed) < len(found) || point.origin != key.name {
		return checkpoint{}, errNote
	}
	return point, nil
}

func checkpointBody(text string) (checkpoint, bool) {
	lines := strings.Split(text, "\n")
	for n, line := range lines { // beyond the root there may be lines that mean nothing here
		if (line == "") != (n == len(lines)-1) {
			return checkpoint{}, false
		}
	}
	if len(lines) < 4 || !keyName(lines[0]) || len(lines[0]) > 255 {
		return checkpoint{}, false
	}
	size, ok := decimal(lines[1])
	root, clean := decode64(lines[2])
	if !ok || !clean || len(root) != 32 || size == 0 && toHash(root) != sha256.Sum256(nil) {
		return checkpoint{}, false
	}
	return checkpoint{origin: lines[0], size: size, root: toHash(root)}, true
}

// A receipt is what the portal promised: the leaf, the statement, and until when.
type receipt struct {
	leaf  hash
	id    string
	until int
}

func openReceipt(data []byte, key verifier) (receipt, error) {
	text, _, err := openNote(data, key)
	lines := strings.Split(text, "\n")
	if err != nil || len(lines) != 6 || lines[0] != key.name || !isHex(64)(lines[2]) {
		return receipt{}, errNote
	}
	leaf, ok := decode64(lines[1])
	from, first := decimal(lines[3])
	to, second := decimal(lines[4])
	second = second && len(lines[3]) <= 12 && len(lines[4]) <= 12
	if !ok || len(leaf) != 32 || !first || !second || to != from+60 {
		return receipt{}, errNote
	}
	return receipt{toHash(leaf), lines[2], to}, nil
}

func decimal(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == text
}

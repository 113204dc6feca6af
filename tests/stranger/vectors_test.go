package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// TestMain lets one compiled program be three: the tests; with STRANGER set main itself, or a judge of payloads or client data.
func TestMain(m *testing.M) {
	switch os.Getenv("STRANGER") {
	case "site":
		os.Exit(run(os.Args[1:]))
	case "payloads":
		judge(func(payload []byte) string { _, ok := openStatement(payload); return fmt.Sprint(ok) })
	case "client-data":
		judge(told)
	default:
		os.Exit(m.Run())
	}
}

// judge says of each line of standard input, bytes in base64, what they are.
func judge(what func([]byte) string) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, _ := decode64(lines.Text())
		fmt.Println(what(data))
	}
}

// told are the members of client data in hex, in the order of their keys, or "refused".
func told(data []byte) string {
	members, ok := clientData(data)
	if !ok {
		return "refused"
	}
	var all []string
	for key, value := range members {
		said := "other"
		switch value := value.(type) {
		case string:
			said = "text " + hex.EncodeToString([]byte(value))
		case bool:
			said = fmt.Sprint(value)
		}
		all = append(all, hex.EncodeToString([]byte(key))+" "+said)
	}
	sort.Strings(all)
	return strings.Join(all, ",")
}

// load reads a file of tests/vectors.
func load(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "vectors", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A refusal is a case of `refused`: bytes, and what else is needed to judge them.
type refusal struct {
	Bytes, Error, Leaf, Policy string
	Keys                       []string
}

func refuse(t *testing.T, cases []refusal, accepted func([]byte, refusal) bool) {
	t.Helper()
	for _, c := range cases {
		if data := unhex(c.Bytes); accepted(data, c) {
			t.Error("accepted", c.Error, string(data))
		}
	}
	if len(cases) == 0 {
		t.Error("nothing is refused")
	}
}

func unhex(text string) []byte { data, _ := hex.DecodeString(text); return data }

func mustKeys(t *testing.T, texts ...string) (keys []verifier) {
	t.Helper()
	for _, text := range texts {
		key, err := parseVerifier(text)
		if err != nil {
			t.Fatal(text, err)
		}
		keys = append(keys, key)
	}
	return keys
}

func TestStatement(t *testing.T) {
	var v struct {
		Cases   []struct{ Bytes string }
		Refused []refusal
	}
	load(t, "statement.json", &v)
	for _, c := range v.Cases {
		if _, err := parseStatement(unhex(c.Bytes)); err != nil {
			t.Error("refused", c.Bytes)
		}
	}
	refuse(t, v.Refused, func(data []byte, _ refusal) bool { _, err := parseStatement(data); return err == nil })
}

func TestJSON(t *testing.T) {
	var v []struct {
		Name, Expect string
		Base64       []byte
	}
	load(t, "public/json-parsing.json", &v)
	for _, c := range v {
		_, err := parseStatement(c.Base64)
		_, public := parsePublic(append(c.Base64, '\n'))
		if c.Expect == "reject" && (err == nil || public == nil) {
			t.Error("accepted", c.Name)
		}
	}
}

func TestEnvelope(t *testing.T) {
	var v struct {
		Cases []struct {
			Envelope, ID, Leaf, Payload string
			RP                          string `json:"rp_id"`
			Origins                     []string
			Keys                        []struct{ Alg, Keyid, Public string }
		}
		Refused []refusal
	}
	load(t, "envelope.json", &v)
	for _, c := range v.Cases {
		e, ok := openEnvelope([]byte(c.Envelope))
		leaf := leafHash([]byte(c.Envelope))
		if !ok || e.id != c.ID || string(e.payload) != c.Payload || hex.EncodeToString(leaf[:]) != c.Leaf {
			t.Fatal("not read:", c.Envelope)
		}
		for _, s := range e.signed {
			for _, k := range c.Keys {
				if k.Keyid != s.keyid {
					continue
				}
				if keyID(k.Alg, unhex(k.Public)) != k.Keyid || !verified(&key{alg: k.Alg, public: unhex(k.Public)}, e.pae, s, c.RP, c.Origins) {
					t.Error("not verified:", k.Keyid)
				}
			}
		}
	}
	refuse(t, v.Refused, func(data []byte, _ refusal) bool { _, ok := openEnvelope(data); return ok })
}

func TestClientData(t *testing.T) {
	type one struct{ What, Bytes, Sig string }
	var v struct {
		Keyid, Public, Message string
		Auth                   string `json:"authenticator_data"`
		RP                     string `json:"rp_id"`
		Origins                []string
		Cases, Refused         []one
	}
	load(t, "client-data.json", &v)
	judge := func(c one) bool {
		s := signature{keyid: v.Keyid, sig: unhex(c.Sig), auth: unhex(v.Auth), client: unhex(c.Bytes)}
		return passkey(unhex(v.Public), unhex(v.Message), s, v.Origins, v.RP)
	}
	for _, c := range v.Cases {
		if !judge(c) {
			t.Error("refused:", c.What)
		}
	}
	for _, c := range v.Refused {
		if judge(c) {
			t.Error("accepted:", c.What)
		}
	}
	if len(v.Cases) == 0 || len(v.Refused) == 0 {
		t.Error("no cases")
	}
}

func TestEd25519(t *testing.T) {
	var v struct {
		CCTV      []int `json:"cctv_accepted"`
		Speccheck []int `json:"speccheck_accepted"`
	}
	load(t, "ed25519-profile.json", &v)
	var cctv []struct {
		Number        int
		Key, Sig, Msg string
	}
	load(t, "public/cctv-ed25519.json", &cctv)
	for _, c := range cctv {
		if strictEd25519(unhex(c.Key), []byte(c.Msg), unhex(c.Sig)) != has(v.CCTV, c.Number) {
			t.Error("cctv", c.Number)
		}
	}
	var speccheck []struct {
		Message, Signature string
		Key                string `json:"pub_key"`
	}
	load(t, "public/ed25519-speccheck.json", &speccheck)
	for i, c := range speccheck {
		if strictEd25519(unhex(c.Key), unhex(c.Message), unhex(c.Signature)) != has(v.Speccheck, i) {
			t.Error("speccheck", i)
		}
	}
	eachWycheproof(t, "public/wycheproof-ed25519_test.json", strictEd25519)
	eachWycheproof(t, "public/wycheproof-ecdsa_secp256r1_sha256_p1363_test.json", es256)
}

func eachWycheproof(t *testing.T, name string, check func(public, message, sig []byte) bool) {
	t.Helper()
	var v struct {
		TestGroups []struct {
			PublicKey struct{ Pk, Uncompressed string }
			Tests     []struct {
				TcID             int
				Msg, Sig, Result string
			}
		}
	}
	load(t, name, &v)
	for _, g := range v.TestGroups {
		public := unhex(g.PublicKey.Pk)
		if point := unhex(g.PublicKey.Uncompressed); len(point) == 65 {
			public = append([]byte{2 + point[64]&1}, point[1:33]...)
		}
		for _, c := range g.Tests {
			if check(public, unhex(c.Msg), unhex(c.Sig)) != (c.Result == "valid") {
				t.Error(name, c.TcID)
			}
		}
	}
}

func TestNotes(t *testing.T) {
	var v struct {
		Cases []struct {
			Note, Text string
			Keys       []string
			Verified   int
		}
		Refused []refusal
	}
	load(t, "note.json", &v)
	for _, c := range v.Cases {
		text, found, err := openNote([]byte(c.Note), mustKeys(t, c.Keys...)...)
		if err != nil || text != c.Text || len(found) != c.Verified {
			t.Error("not read:", c.Note, err)
		}
	}
	refuse(t, v.Refused, func(data []byte, c refusal) bool {
		_, _, err := openNote(data, mustKeys(t, c.Keys...)...)
		return err == nil
	})
	var p struct {
		Cases []struct {
			Text, Root, Vkey string
			Size             int
		}
		Refused []refusal
	}
	load(t, "checkpoint.json", &p)
	for _, c := range p.Cases {
		point, err := openCheckpoint([]byte(c.Text), mustKeys(t, c.Vkey)[0])
		if err != nil || point.size != c.Size || hex.EncodeToString(point.root[:]) != c.Root {
			t.Error("not read:", c.Text, err)
		}
	}
	refuse(t, p.Refused, func(data []byte, _ refusal) bool { _, ok := checkpointBody(string(data)); return ok })
}

func TestPolicy(t *testing.T) {
	var v struct {
		Cases []struct {
			Text   string
			Meets  bool
			Signed []string `json:"signed_by"`
			Blocks []struct {
				Key, Log string
				Roots    map[string][]string
			}
		}
		Refused []refusal
	}
	load(t, "policy.json", &v)
	for _, c := range v.Cases {
		p, err := parsePolicy(c.Text)
		if err != nil || p.met(mustKeys(t, c.Signed...)) != c.Meets || len(p.logs) != len(c.Blocks) {
			t.Error(c.Text, err)
			continue
		}
		for n, want := range c.Blocks {
			b := p.logs[n]
			if b.key.text != want.Key || b.entry != want.Log || !reflect.DeepEqual(b.roots, want.Roots) {
				t.Error(c.Text, n)
			}
		}
	}
	refuse(t, v.Refused, func(data []byte, _ refusal) bool { _, err := parsePolicy(string(data)); return err == nil })
}

func TestProofs(t *testing.T) {
	var v struct {
		Cases []struct {
			Index, Size int
			Leaf, Root  string
			Proof       []string
			TlogProof   string `json:"tlog_proof"`
		}
		Refused []refusal
	}
	load(t, "proofs.json", &v)
	keys := mustKeys(t, "log.example/rekap+c126ccb8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
	for _, c := range v.Cases {
		if c.Leaf == "" {
			continue
		}
		var proof []hash
		for _, item := range c.Proof {
			proof = append(proof, toHash(unhex(item)))
		}
		root, ok := rootOf(toHash(unhex(c.Leaf)), c.Index, c.Size, proof)
		if !ok || hex.EncodeToString(root[:]) != c.Root {
			t.Error("root", c.Index)
		}
		if index, _, err := openProof([]byte(c.TlogProof), toHash(unhex(c.Leaf)), keys[0]); err != nil || index != c.Index {
			t.Error("proof", c.Index, err)
		}
	}
	refuse(t, v.Refused, func(data []byte, c refusal) bool {
		p, err := parsePolicy(c.Policy)
		if err != nil {
			t.Fatal(err)
		}
		_, point, err := openProof(data, toHash(unhex(c.Leaf)), p.logs[0].key, p.keys...)
		return err == nil && p.met(point.keys)
	})
	var public struct {
		Inclusion []struct {
			Name, LeafHash, Root string
			LeafIdx, TreeSize    uint64
			Proof                []string
			WantErr              bool
		}
	}
	load(t, "public/merkle-proofs.json", &public)
	for _, c := range public.Inclusion {
		decode := func(text string) (h hash, ok bool) {
			data, err := base64.StdEncoding.DecodeString(text)
			return toHash(append(data, make([]byte, 32)...)[:32]), err == nil && len(data) == 32
		}
		leaf, good := decode(c.LeafHash)
		want, fits := decode(c.Root)
		good = good && fits
		var proof []hash
		for _, item := range c.Proof {
			h, ok := decode(item)
			proof, good = append(proof, h), good && ok
		}
		root, ok := rootOf(leaf, int(c.LeafIdx), int(c.TreeSize), proof)
		if (good && ok && root == want) == c.WantErr {
			t.Error(c.Name)
		}
	}
}

func TestTiles(t *testing.T) {
	var v struct {
		Cases []struct {
			Root            string
			Size            int
			SHA256          map[string]string
			Path            string
			Level, N, Width int
			Bundle          string
			Entries         []string
		}
		Refused []refusal
	}
	load(t, "tiles.json", &v)
	for _, c := range v.Cases {
		switch {
		case c.Path != "":
			level, n, width, ok := parseTile(c.Path)
			if !ok || level != c.Level || n != c.N || width != c.Width {
				t.Error(c.Path, level, n, width)
			}
		case c.Bundle != "":
			entries, ok := openBundle(unhex(c.Bundle))
			if !ok || len(entries) != len(c.Entries) {
				t.Error("bundle", c.Bundle)
			}
		default:
			var entries [][]byte
			for i := 0; i < c.Size; i++ {
				entries = append(entries, []byte(strconv.Itoa(i)))
			}
			tree := newTree(leaves(entries))
			if root := tree.root(c.Size); hex.EncodeToString(root[:]) != c.Root {
				t.Error("root of", c.Size)
			}
			for path, digest := range c.SHA256 {
				level, n, width, ok := parseTile(path)
				real := sha256.Sum256(tileBytes(entries, tree, level, n, width))
				if !ok || !bytes.Equal(real[:], unhex(digest)) {
					t.Error(path)
				}
			}
		}
	}
	refuse(t, v.Refused, func(data []byte, _ refusal) bool {
		_, _, _, path := parseTile(string(data))
		_, bundle := openBundle(data)
		return path || bundle && len(data) > 0
	})
}

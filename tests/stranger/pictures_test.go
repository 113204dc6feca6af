package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// TestPictures: each picture of the vectors is read with its sides, each other file refused by its code.
func TestPictures(t *testing.T) {
	var file struct {
		Cases []struct {
			Bytes, Sha256 string
			Width, Height int
		}
		Refused []struct {
			Bytes, Code string
			Zeros       int
		}
	}
	load(t, "pictures.json", &file)
	for _, one := range file.Cases {
		data, _ := hex.DecodeString(one.Bytes)
		digest := sha256.Sum256(data)
		if width, height, code := readPicture(data); width != one.Width || height != one.Height || code != "" || hex.EncodeToString(digest[:]) != one.Sha256 {
			t.Errorf("%s: %d × %d, %q", one.Sha256, width, height, code)
		}
	}
	for _, one := range file.Refused {
		data, _ := hex.DecodeString(one.Bytes)
		if _, _, code := readPicture(append(data, bytes.Repeat([]byte{0}, one.Zeros)...)); code != one.Code {
			t.Errorf("%.60s: %q, not %q", one.Bytes, code, one.Code)
		}
	}
	if len(file.Cases) < 5 || len(file.Refused) < 30 {
		t.Error("vectors are missing")
	}
}

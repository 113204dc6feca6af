package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
)

// Ordinates of the points of small order: 0, 1, p-1, and the two of order 8; then p itself.
var (
	prime, _ = new(big.Int).SetString("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", 16)
	small    = []*big.Int{
		big.NewInt(0), big.NewInt(1), new(big.Int).Sub(prime, big.NewInt(1)),
		little("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
		little("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
	}
)

func little(text string) *big.Int {
	data, _ := hex.DecodeString(text)
	return number(data)
}

// number reads 32 little-endian bytes without the sign bit.
func number(data []byte) *big.Int {
	reversed := make([]byte, len(data))
	for i, b := range data {
		reversed[len(data)-1-i] = b
	}
	reversed[0] &= 0x7F
	return new(big.Int).SetBytes(reversed)
}

func goodPoint(data []byte) bool {
	y := number(data)
	for _, bad := range small {
		if y.Cmp(bad) == 0 {
			return false
		}
	}
	return y.Cmp(prime) < 0
}

// strictEd25519 is the profile of docs/formats.md. Go's own check has S below the group order and no cofactor.
func strictEd25519(public, message, signature []byte) bool {
	return len(public) == 32 && len(signature) == 64 && goodPoint(public) && goodPoint(signature[:32]) &&
		ed25519.Verify(public, message, signature)
}

func es256(public, message, signature []byte) bool {
	if len(public) != 33 || len(signature) != 64 {
		return false
	}
	x, y := elliptic.UnmarshalCompressed(elliptic.P256(), public)
	if x == nil {
		return false
	}
	digest := sha256.Sum256(message)
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(&ecdsa.PublicKey{Curve: elliptic.P256(), X: x, Y: y}, digest[:], r, s)
}

// passkey says whether a browser's assertion over the message, made on a page of these origins for this site, holds.
func passkey(public, message []byte, sig signature, origins []string, site string) bool {
	challenge, id := sha256.Sum256(message), sha256.Sum256([]byte(site))
	said, ok := clientData(sig.client)
	from, _ := said["origin"].(string)
	cross, inside := said["crossOrigin"]
	_, under := said["topOrigin"]
	if !ok || said["type"] != "webauthn.get" || said["challenge"] != base64.RawURLEncoding.EncodeToString(challenge[:]) ||
		!has(origins, from) || inside && cross != false || under {
		return false
	}
	if len(sig.auth) != 37 || !bytes.Equal(sig.auth[:32], id[:]) {
		return false
	}
	flags := sig.auth[32]
	if flags&0x05 != 0x05 || flags&0xC0 != 0 || flags&0x18 == 0x10 {
		return false
	}
	digest := sha256.Sum256(sig.client)
	return es256(public, append(append([]byte{}, sig.auth...), digest[:]...), sig.sig)
}

// acceptable says whether a signature by the key could ever verify.
func acceptable(alg string, public []byte) bool {
	if alg == "ed25519" {
		return goodPoint(public)
	}
	x, _ := elliptic.UnmarshalCompressed(elliptic.P256(), public)
	return x != nil
}

// keyID names a public key; goodKey says whether it has the form of one.
func keyID(alg string, public []byte) string {
	digest := sha256.Sum256(append([]byte(alg+"\n"), public...))
	return hex.EncodeToString(digest[:16])
}

func goodKey(alg string, public []byte) bool {
	if alg == "ed25519" {
		return len(public) == 32
	}
	return alg == "webauthn-es256" && len(public) == 33 && (public[0] == 2 || public[0] == 3)
}

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

const payloadType = "application/vnd.rekap.statement.v1+json"

type signature struct {
	keyid             string
	sig, auth, client []byte
}

// An envelope is an entry of the log: a payload and who signed it.
type envelope struct {
	payload []byte
	pae     []byte
	id      string
	signed  []signature
}

func openEnvelope(data []byte) (envelope, bool) {
	value, err := parseStatement(data)
	top, ok := value.(object)
	list, _ := top["signatures"].([]any)
	if err != nil || !ok || len(top) != 3 || top["payloadType"] != payloadType || len(list) == 0 {
		return envelope{}, false
	}
	var e envelope
	if e.payload, ok = blob(top["payload"]); !ok {
		return envelope{}, false
	}
	for i, item := range list {
		one, _ := item.(object)
		s := signature{keyid: text(one, "keyid")}
		var clean, auth, client bool
		s.sig, clean = blob(one["sig"])
		s.auth, auth = blob(one["authenticatorData"])
		s.client, client = blob(one["clientDataJSON"])
		plain := len(one) == 2 && !auth && !client
		if !clean || !isHex(32)(s.keyid) || !plain && !(len(one) == 4 && auth && client) || i > 0 && s.keyid <= e.signed[i-1].keyid {
			return envelope{}, false
		}
		e.signed = append(e.signed, s)
	}
	e.pae = []byte(fmt.Sprintf("DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(e.payload), e.payload))
	digest := sha256.Sum256(e.pae)
	e.id = hex.EncodeToString(digest[:])
	return e, true
}

func blob(value any) ([]byte, bool) {
	text, ok := value.(string)
	if !ok {
		return nil, false
	}
	return decode64(text)
}

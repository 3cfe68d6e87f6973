#!/bin/sh
# Sends a signed alert without any of our software: mosquitto_pub, openssl 3 and jq. An example for other publishers;
# docs/contract.md says what all of it means.
#
#   ./publish.sh KEY AREA ID REVISION EVENT MINUTES TITLE BODY [options of mosquitto_pub]
#   ./publish.sh signing-key.pem cn/sichuan/chengdu rain-1 1 rain 60 暴雨预警 请勿前往地下楼层 -h 127.0.0.1 -p 1883
#
# With TLS: -h broker.example -p 8883 --cafile ca.pem --cert me.pem --key me.key
set -eu

if [ $# -lt 8 ]; then
    echo "publish.sh: KEY AREA ID REVISION EVENT MINUTES TITLE BODY are needed; the file's head shows how" >&2
    exit 2
fi
key=$1 area=$2 id=$3 revision=$4 event=$5 minutes=$6 title=$7 body=$8
shift 8

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What is said. A display takes it when its revision is higher than what it knows under the id.
now=$(date -u +%s)
jq -cnj --arg area "$area" --arg id "$id" --argjson revision "$revision" --arg event "$event" \
    --argjson now "$now" --argjson minutes "$minutes" --arg title "$title" --arg body "$body" '{
        type: "alert", id: $id, revision: $revision, area: $area,
        sent: ($now | todate), expires: ($now + 60 * $minutes | todate),
        event: $event, severity: 3, title: {zh: $title}, body: {zh: $body}
    }' > "$work/payload"

# What is signed (DSSE): the type and the length of the payload stand before it. Lengths are bytes.
type=application/vnd.hoistway.publication.v1+json
{
    printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c < "$work/payload")"
    cat "$work/payload"
} > "$work/signed"
openssl pkeyutl -sign -inkey "$key" -rawin -in "$work/signed" -out "$work/signature"

# Who signed: the name of the public key. Its last 32 bytes in DER are the key itself.
public=$(openssl pkey -in "$key" -pubout -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \n')
keyid=$(printf '{"keytype":"ed25519","keyval":{"public":"%s"},"scheme":"ed25519"}' "$public" |
    openssl dgst -sha256 -r | cut -d ' ' -f 1)

jq -cn --arg type "$type" --arg keyid "$keyid" --arg payload "$(base64 -w 0 < "$work/payload")" \
    --arg signature "$(base64 -w 0 < "$work/signature")" '{
        payload: $payload, payloadType: $type, signatures: [{keyid: $keyid, sig: $signature}]
    }' > "$work/envelope"

# Retained, so that a display that connects later has it too.
mosquitto_pub "$@" -q 1 -r -t "hoistway/1/area/$area/alert/$id" -f "$work/envelope"
echo "hoistway/1/area/$area/alert/$id is revision $revision, signed by $public"

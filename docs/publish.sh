#!/bin/sh
# Sends a signed alert without any of our software: mosquitto_pub, openssl 3 and jq. An example for other publishers;
# docs/contract.md says what all of it means.
#
#   ./publish.sh KEY AREA ID REVISION EVENT MINUTES TITLE BODY [options of mosquitto_pub]
#   ./publish.sh signing-key.pem cn/sichuan/chengdu rain-1 1 rain 60 暴雨预警 请勿前往地下楼层 -h 127.0.0.1 -p 1883
#
# With TLS: -h broker.example -p 8883 --cafile ca.pem --cert me.pem --key me.key
set -eu

refuse() {
    printf 'publish.sh: %s\n' "$1" >&2
    exit 2
}

[ $# -ge 8 ] || refuse "KEY AREA ID REVISION EVENT MINUTES TITLE BODY are needed; the file's head shows how"
key=$1 area=$2 id=$3 revision=$4 event=$5 minutes=$6 title=$7 body=$8
shift 8
for program in jq openssl mosquitto_pub; do
    command -v "$program" > /dev/null || refuse "$program is missing: install it"
done

# What every display would refuse is not sent.
openssl pkey -in "$key" -passin pass: -noout -text 2> /dev/null | grep -q '^ED25519 Private-Key' ||
    refuse "KEY $key: is no Ed25519 private key in PEM that can be read"
wrong=$(jq -nr --arg area "$area" --arg id "$id" --arg revision "$revision" --arg event "$event" \
    --arg minutes "$minutes" --arg title "$title" --arg body "$body" '
    def number: if test("^[0-9]{1,10}\\z") then tonumber else 0 end;
    if $area | test("^[a-z0-9-]{1,64}(/[a-z0-9-]{1,64}){0,15}\\z") | not
        then "AREA \($area | @json): write it as cn/sichuan/chengdu, in a-z, 0-9 and -, at most 16 deep"
    elif $id | test("^[a-z0-9-]{1,64}\\z") | not then "ID \($id | @json): write 1 to 64 of a-z, 0-9 and -"
    elif $event | test("^[a-z0-9-]{1,64}\\z") | not then "EVENT \($event | @json): write 1 to 64 of a-z, 0-9 and -"
    elif $revision | number | . < 1 or . > 2147483648
        then "REVISION \($revision | @json): write a whole number from 1 to 2147483648"
    elif $minutes | number | . < 1 or . > 5256000 then "MINUTES \($minutes | @json): write 1 to 5256000, ten years"
    elif $title | test("[^\\s]") | not then "TITLE: is empty"
    elif $title | length > 800 then "TITLE: has \($title | length) characters; at most 800 are taken"
    elif $body | length > 800 then "BODY: has \($body | length) characters; at most 800 are taken"
    else empty end')
[ -z "$wrong" ] || refuse "$wrong"

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

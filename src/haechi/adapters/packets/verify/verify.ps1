#requires -Version 5.1
<#
해치 증거 묶음 검증. Haechi packet check, for Windows PowerShell 5.1 and PowerShell 7; nothing has to be installed.

    powershell -ExecutionPolicy Bypass -File verify.ps1 [-Signer SHA256:...] [-Authority HEX,HEX] [-Policy FILE] [-Json] [PACKET]

PACKET is the folder above this file when it is not given. Nothing is sent and nothing outside the packet is read.
Ends with PASS (exit 0), FAIL (exit 1), or exit 2 when nothing could be checked. The format, and what each finding means,
stand in docs/formats/packet.md; this file shares no code with haechi, so that one checks the other. The checks are
written in the C# below, because signatures would take minutes in PowerShell itself; Windows PowerShell 5.1 has it
compiled into its own temporary folder, PowerShell 7 in memory. This file is UTF-8 with a byte order mark: 5.1 reads Korean only so.
#>
param(
    [Parameter(Position = 0)][string]$Packet,
    [string]$Signer,
    [string[]]$Authority = @(),
    [string]$Policy,
    [switch]$Json
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$source = @'
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Haechi {

// C# 5 and .NET Framework 4.5: what Windows PowerShell 5.1 has. The order of things is that of verify.html.

public class FormError : Exception { }

public static class Bytes {
  public static readonly Encoding Latin = Encoding.GetEncoding(28591);
  static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);
  public static byte[] Utf8(string text) { return new UTF8Encoding(false).GetBytes(text); }
  public static string Text(byte[] bytes) { return Latin.GetString(bytes); }
  public static string Decoded(byte[] bytes) { try { return Strict.GetString(bytes); } catch (ArgumentException) { return null; } }
  public static string Hex(byte[] bytes) { return BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant(); }
  public static byte[] FromHex(string text) {
    byte[] found = new byte[text.Length / 2];
    for (int at = 0; at < found.Length; at++) found[at] = Convert.ToByte(text.Substring(2 * at, 2), 16);
    return found;
  }
  public static bool Same(byte[] one, byte[] other) { return one.Length == other.Length && one.SequenceEqual(other); }
  public static byte[] Part(byte[] bytes, int start, int length) { byte[] found = new byte[length]; Buffer.BlockCopy(bytes, start, found, 0, length); return found; }
  public static byte[] From(byte[] bytes, int start) { return Part(bytes, start, bytes.Length - start); }
  public static byte[] Joined(params byte[][] parts) {
    byte[] whole = new byte[parts.Sum(delegate(byte[] part) { return part.Length; })];
    int at = 0;
    foreach (byte[] part in parts) { Buffer.BlockCopy(part, 0, whole, at, part.Length); at += part.Length; }
    return whole;
  }
  /// The bytes, null when this is not the one way to write them.
  public static byte[] Unbase64(string text) {
    if (!Regex.IsMatch(text, @"\A(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\z")) return null;
    byte[] bytes = Convert.FromBase64String(text);
    return Convert.ToBase64String(bytes) == text ? bytes : null;
  }
  /// Whether every byte is a line feed or from first to last (or from also), and the last one a line feed.
  public static bool IsLines(byte[] bytes, int first, int last, int also) {
    if (bytes.Length == 0 || bytes[bytes.Length - 1] != 10) return false;
    foreach (byte one in bytes) if (one != 10 && (one < first || (one > last && one < also))) return false;
    return true;
  }
  public static List<byte[]> Lines(byte[] bytes) {
    List<byte[]> lines = new List<byte[]>();
    int start = 0;
    for (int at = 0; at < bytes.Length; at++) if (bytes[at] == 10) { lines.Add(Part(bytes, start, at - start)); start = at + 1; }
    lines.Add(From(bytes, start));
    return lines;
  }
  public static BigInteger Big(byte[] bytes) { byte[] little = new byte[bytes.Length + 1]; for (int at = 0; at < bytes.Length; at++) little[at] = bytes[bytes.Length - 1 - at]; return new BigInteger(little); }
  public static BigInteger Little(byte[] bytes) { return new BigInteger(Joined(bytes, new byte[1])); }
  public static byte[] One(int value) { return new byte[] { (byte)value }; }
}

public static class Digest {
  public static byte[] Sha256(params byte[][] parts) { using (HashAlgorithm hash = SHA256.Create()) return hash.ComputeHash(Bytes.Joined(parts)); }
  public static byte[] Of(string name, byte[] message) {
    using (HashAlgorithm hash = name == "sha1" ? (HashAlgorithm)SHA1.Create() : name == "sha256" ? (HashAlgorithm)SHA256.Create() : name == "sha384" ? (HashAlgorithm)SHA384.Create() : SHA512.Create()) return hash.ComputeHash(message);
  }
  public static string Leaf(byte[] raw) { return Bytes.Hex(Sha256(Bytes.One(0), raw)); }
}

// --- signatures, for checking only: nothing here is secret -------------------------------------------------------------

public static class Curve {
  static BigInteger Mod(BigInteger value, BigInteger by) { BigInteger rest = value % by; return rest.Sign < 0 ? rest + by : rest; }
  static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
  static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
  static readonly BigInteger D = Mod(-121665 * BigInteger.ModPow(121666, P - 2, P), P);
  static readonly BigInteger[] Base = EdPoint(Bytes.FromHex("58" + string.Concat(Enumerable.Repeat("66", 31))));
  static readonly Dictionary<string, bool> Known = new Dictionary<string, bool>();

  static BigInteger[] EdAdd(BigInteger[] one, BigInteger[] other) {
    BigInteger a = Mod((one[1] - one[0]) * (other[1] - other[0]), P), b = Mod((one[1] + one[0]) * (other[1] + other[0]), P);
    BigInteger c = Mod(2 * one[3] * other[3] * D, P), d = Mod(2 * one[2] * other[2], P);
    BigInteger e = b - a, f = d - c, g = d + c, h = b + a;
    return new BigInteger[] { Mod(e * f, P), Mod(g * h, P), Mod(f * g, P), Mod(e * h, P) };
  }
  static BigInteger[] EdTimes(BigInteger scalar, BigInteger[] point) {
    BigInteger[] total = new BigInteger[] { 0, 1, 1, 0 }, factor = point;
    for (BigInteger left = scalar; left > 0; left >>= 1) { if (!left.IsEven) total = EdAdd(total, factor); factor = EdAdd(factor, factor); }
    return total;
  }
  static BigInteger[] EdPoint(byte[] encoded) {
    BigInteger y = Bytes.Little(encoded), sign = y >> 255;
    y &= BigInteger.Pow(2, 255) - 1;
    if (y >= P) return null;
    BigInteger square = Mod((y * y - 1) * BigInteger.ModPow(Mod(D * y * y + 1, P), P - 2, P), P), x = BigInteger.ModPow(square, (P + 3) / 8, P);
    if (!Mod(x * x - square, P).IsZero) x = Mod(x * BigInteger.ModPow(2, (P - 1) / 4, P), P);
    if (!Mod(x * x - square, P).IsZero || (x.IsZero && !sign.IsZero)) return null;
    if ((x & 1) != sign) x = P - x;
    return new BigInteger[] { x, y, 1, Mod(x * y, P) };
  }
  /// RFC 8032, 5.1.7. The same note travels with many proofs, so an answer is kept.
  public static bool Ed25519(byte[] key, byte[] signature, byte[] message) {
    string name = Bytes.Hex(Digest.Sha256(key, Bytes.One(signature.Length & 255), signature, message));
    if (!Known.ContainsKey(name)) Known[name] = EdVerify(key, signature, message);
    return Known[name];
  }
  static bool EdVerify(byte[] key, byte[] signature, byte[] message) {
    if (key.Length != 32 || signature.Length != 64) return false;
    byte[] first = Bytes.Part(signature, 0, 32);
    BigInteger[] point = EdPoint(key), nonce = EdPoint(first);
    BigInteger scalar = Bytes.Little(Bytes.From(signature, 32));
    if (point == null || nonce == null || scalar >= L) return false;
    BigInteger challenge = Bytes.Little(Digest.Of("sha512", Bytes.Joined(first, key, message))) % L;
    BigInteger[] left = EdTimes(scalar, Base), right = EdAdd(nonce, EdTimes(challenge, point));
    return Mod(left[0] * right[2] - right[0] * left[2], P).IsZero && Mod(left[1] * right[2] - right[1] * left[2], P).IsZero;
  }

  public class Weierstrass { public int Size; public BigInteger P, N, B; public BigInteger[] G; }
  static BigInteger H(string text) { return BigInteger.Parse("0" + text, NumberStyles.HexNumber); }
  public static Weierstrass Named(string oid) {
    if (oid == "1.2.840.10045.3.1.7") return new Weierstrass {
      Size = 32, P = H("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"), N = H("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
      B = H("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
      G = new BigInteger[] { H("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"), H("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5") } };
    if (oid == "1.3.132.0.34") return new Weierstrass {
      Size = 48, P = BigInteger.Pow(2, 384) - BigInteger.Pow(2, 128) - BigInteger.Pow(2, 96) + BigInteger.Pow(2, 32) - 1, N = H("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
      B = H("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"),
      G = new BigInteger[] { H("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"), H("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f") } };
    return null;
  }
  public static bool IsOn(Weierstrass curve, BigInteger x, BigInteger y) { return x < curve.P && y < curve.P && Mod(y * y - x * x * x + 3 * x - curve.B, curve.P).IsZero; }
  static BigInteger[] Double(BigInteger[] one, BigInteger p) {
    BigInteger x = one[0], y = one[1], z = one[2];
    if (z.IsZero || y.IsZero) return new BigInteger[] { 1, 1, 0 };
    BigInteger zz = Mod(z * z, p), yy = Mod(y * y, p), s = Mod(4 * x * yy, p), m = Mod(3 * (x - zz) * (x + zz), p), left = Mod(m * m - 2 * s, p);
    return new BigInteger[] { left, Mod(m * (s - left) - 8 * yy * yy, p), Mod(2 * y * z, p) };
  }
  static BigInteger[] Add(BigInteger[] one, BigInteger[] other, BigInteger p) {
    if (one[2].IsZero) return other;
    if (other[2].IsZero) return one;
    BigInteger zz1 = Mod(one[2] * one[2], p), zz2 = Mod(other[2] * other[2], p), u1 = Mod(one[0] * zz2, p), u2 = Mod(other[0] * zz1, p);
    BigInteger s1 = Mod(one[1] * zz2 * other[2], p), s2 = Mod(other[1] * zz1 * one[2], p);
    if (u1 == u2) return s1 == s2 ? Double(one, p) : new BigInteger[] { 1, 1, 0 };
    BigInteger h = u2 - u1, hh = Mod(h * h, p), hhh = Mod(hh * h, p), r = s2 - s1, v = Mod(u1 * hh, p), x = Mod(r * r - hhh - 2 * v, p);
    return new BigInteger[] { x, Mod(r * (v - x) - s1 * hhh, p), Mod(h * one[2] * other[2], p) };
  }
  static BigInteger[] Times(BigInteger scalar, BigInteger[] point, BigInteger p) {
    BigInteger[] total = new BigInteger[] { 1, 1, 0 }, factor = new BigInteger[] { point[0], point[1], 1 };
    for (BigInteger left = scalar; left > 0; left >>= 1) { if (!left.IsEven) total = Add(total, factor, p); factor = Double(factor, p); }
    return total;
  }
  /// FIPS 186-5, 6.4.2; the signature is DER.
  public static bool Ecdsa(Weierstrass curve, BigInteger[] point, byte[] signature, byte[] digest) {
    Der whole = Der.At(signature, 0);
    if (whole == null || whole.Tag != 0x30 || whole.Raw.Length != signature.Length) return false;
    List<Der> parts = whole.Members();
    if (parts == null || parts.Count != 2 || !parts.All(delegate(Der part) { return part.IsNumber && part.Body[0] < 128; })) return false;
    BigInteger r = Bytes.Big(parts[0].Body), s = Bytes.Big(parts[1].Body), n = curve.N, p = curve.P;
    if (r <= 0 || s <= 0 || r >= n || s >= n) return false;
    BigInteger e = Bytes.Big(digest.Length > curve.Size ? Bytes.Part(digest, 0, curve.Size) : digest), w = BigInteger.ModPow(s, n - 2, n);
    BigInteger[] sum = Add(Times(Mod(e * w, n), curve.G, p), Times(Mod(r * w, n), point, p), p);
    if (sum[2].IsZero) return false;
    BigInteger inverse = BigInteger.ModPow(sum[2], p - 2, p);
    return Mod(Mod(sum[0] * inverse * inverse, p), n) == r;
  }
  /// RFC 8017, 8.2.2.
  public static bool Rsa(byte[] modulus, byte[] exponent, byte[] signature, byte[] digest, string hash) {
    BigInteger n = Bytes.Big(modulus);
    if (signature.Length != modulus.Length || Bytes.Big(signature) >= n) return false;
    byte[] info = Bytes.Joined(Bytes.FromHex(hash == "sha256" ? "3031300d060960864801650304020105000420" : hash == "sha384" ? "3041300d060960864801650304020205000430" : "3051300d060960864801650304020305000440"), digest);
    if (modulus.Length < info.Length + 11) return false;
    byte[] fill = Enumerable.Repeat((byte)255, modulus.Length - info.Length - 3).ToArray();
    return BigInteger.ModPow(Bytes.Big(signature), Bytes.Big(exponent), n) == Bytes.Big(Bytes.Joined(new byte[] { 0, 1 }, fill, Bytes.One(0), info));
  }
}

// --- DER (X.690), strictly ------------------------------------------------------------------------------------------------

public class Der {
  public int Tag; public byte[] Body, Raw;
  /// The element at a place, or null: definite lengths in their shortest form, tags of one byte.
  public static Der At(byte[] bytes, int at) {
    if (at + 2 > bytes.Length || (bytes[at] & 31) == 31) return null;
    long length = bytes[at + 1];
    int start = at + 2;
    if (length >= 128) {
      int digits = (int)length - 128;
      if (digits < 1 || digits > 4 || start + digits > bytes.Length || bytes[start] == 0) return null;
      length = 0;
      for (int one = 0; one < digits; one++) length = length * 256 + bytes[start + one];
      if (length < 128) return null;
      start += digits;
    }
    if (start + length > bytes.Length) return null;
    return new Der { Tag = bytes[at], Body = Bytes.Part(bytes, start, (int)length), Raw = Bytes.Part(bytes, at, start - at + (int)length) };
  }
  public List<Der> Members() {
    List<Der> found = new List<Der>();
    for (int at = 0; at < Body.Length;) { Der one = At(Body, at); if (one == null) return null; found.Add(one); at += one.Raw.Length; }
    return found;
  }
  /// The one element that these bytes are, every constructed part of it entered.
  public static Der Strict(byte[] bytes) {
    Der found = At(bytes, 0);
    Need(found != null && found.Raw.Length == bytes.Length && found.Filled(32));
    return found;
  }
  bool Filled(int depth) {
    if ((Tag & 32) == 0) return true;
    List<Der> parts = depth > 0 ? Members() : null;
    return parts != null && parts.All(delegate(Der part) { return part.Filled(depth - 1); });
  }
  public bool IsNumber { get { return Tag == 2 && Body.Length > 0 && !(Body.Length > 1 && ((Body[0] == 0 && Body[1] < 128) || (Body[0] == 255 && Body[1] > 127))); } }
  public bool Is(int value) { return IsNumber && Body.Length == 1 && Body[0] == value; }
  public bool IsTrue() { Need(Tag == 1 && Body.Length == 1 && (Body[0] == 0 || Body[0] == 255)); return Body[0] == 255; }
  public static void Need(bool holds) { if (!holds) throw new FormError(); }
  public List<Der> Inside(int tag) { Need(Tag == tag); List<Der> found = Members(); Need(found != null); return found; }
  public List<Der> Inside() { return Inside(0x30); }
  public static string Oid(Der one) {
    Need(one != null && one.Tag == 6);
    if (one.Body.Length == 0 || one.Body[one.Body.Length - 1] > 127) return "bad " + Bytes.Hex(one.Body);
    List<BigInteger> parts = new List<BigInteger>();
    BigInteger value = 0;
    bool fresh = true;
    foreach (byte b in one.Body) {
      if (fresh && b == 128) return "bad " + Bytes.Hex(one.Body);
      value = value * 128 + (b & 127);
      fresh = b < 128;
      if (fresh) { parts.Add(value); value = 0; }
    }
    BigInteger first = parts[0] < 40 ? 0 : parts[0] < 80 ? 1 : 2;
    return first + "." + (parts[0] - first * 40) + string.Concat(parts.Skip(1).Select(delegate(BigInteger part) { return "." + part; }));
  }
}

// --- time stamps (RFC 3161, RFC 5652, RFC 5280) ------------------------------------------------------------------------------

public class PublicKey { public string Type; public byte[] Modulus, Exponent; public Curve.Weierstrass Curve; public BigInteger[] Point; }

public class Certificate {
  public byte[] Raw, Signed, Serial, Signature, Issuer, Subject, Bits; public string[] Algorithm; public long From, To; public PublicKey Key;
  public bool IsAgreed, IsForStampsOnly, IsAuthority, IsKnown = true; public BigInteger? Below;
}

public class Imprint { public string Hash; public byte[] Digest; }
public class Query { public Imprint Imprint; public string Policy, Nonce; }
public class SignedAttribute { public string Type; public List<Der> Values; }
public class Reply {
  public Imprint Imprint; public string Policy, Nonce, Hash; public long At; public byte[] Content, Signed, Signature, Issuer, Serial; public string[] Algorithm;
  public List<SignedAttribute> Attributes = new List<SignedAttribute>();
}

public static class Stamps {
  const string StampPurpose = "1.3.6.1.5.5.7.3.8", ExtendedUsage = "2.5.29.37", KeyUsage = "2.5.29.15", Limits = "2.5.29.19", TstInfo = "1.2.840.113549.1.9.16.1.4";
  static readonly string[] KnownExtensions = { ExtendedUsage, KeyUsage, Limits, "2.5.29.32", "2.5.29.17" };
  const string V1 = "1.2.840.113549.1.9.16.2.12", V2 = "1.2.840.113549.1.9.16.2.47";
  static readonly Dictionary<string, string> Hashes = new Dictionary<string, string> { { "2.16.840.1.101.3.4.2.1", "sha256" }, { "2.16.840.1.101.3.4.2.2", "sha384" }, { "2.16.840.1.101.3.4.2.3", "sha512" } };
  static readonly Dictionary<string, string[]> Signatures = new Dictionary<string, string[]> {
    { "1.2.840.113549.1.1.1", new string[] { "rsa", null } }, { "1.2.840.113549.1.1.11", new string[] { "rsa", "sha256" } }, { "1.2.840.113549.1.1.12", new string[] { "rsa", "sha384" } },
    { "1.2.840.113549.1.1.13", new string[] { "rsa", "sha512" } }, { "1.2.840.10045.4.3.2", new string[] { "ec", "sha256" } }, { "1.2.840.10045.4.3.3", new string[] { "ec", "sha384" } }, { "1.2.840.10045.4.3.4", new string[] { "ec", "sha512" } } };

  static void Need(bool holds) { Der.Need(holds); }
  static Der Get(List<Der> parts, int at) { return at < parts.Count ? parts[at] : null; }
  static bool Has(List<Der> parts, int at, int tag) { return at < parts.Count && parts[at].Tag == tag; }
  static bool Nothing(List<Der> parts, bool nullToo) { return parts.Count == 1 || (nullToo && parts.Count == 2 && parts[1].Tag == 5 && parts[1].Body.Length == 0); }

  static string HashOf(Der one) {
    List<Der> parts = one.Inside();
    Need(parts.Count > 0 && Nothing(parts, true));
    string oid = Der.Oid(parts[0]);
    Need(Hashes.ContainsKey(oid));
    return Hashes[oid];
  }
  static string[] SignatureOf(Der one) {
    List<Der> parts = one.Inside();
    string oid = Der.Oid(Get(parts, 0));
    Need(Signatures.ContainsKey(oid) && Nothing(parts, Signatures[oid][0] == "rsa"));
    return Signatures[oid];
  }
  /// Unix seconds, the fraction cut off.
  static long TimeOf(Der one, bool certificate) {
    bool isShort = certificate && one.Tag == 0x17;
    Need(isShort || one.Tag == 0x18);
    Match found = Regex.Match(Bytes.Text(one.Body), isShort ? @"\A([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z\z"
      : certificate ? @"\A([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z\z" : @"\A([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.[0-9]{1,9})?Z\z");
    Need(found.Success);
    int[] part = Enumerable.Range(1, 6).Select(delegate(int at) { return int.Parse(found.Groups[at].Value, CultureInfo.InvariantCulture); }).ToArray();
    int year = isShort ? part[0] + (part[0] < 50 ? 2000 : 1900) : part[0];
    Need(year >= 1 && part[1] >= 1 && part[1] <= 12 && part[3] < 24 && part[4] < 60 && part[5] < 60);
    Need(part[2] >= 1 && part[2] <= DateTime.DaysInMonth(year, part[1]));
    return (new DateTime(year, part[1], part[2], part[3], part[4], part[5], DateTimeKind.Utc).Ticks - 621355968000000000L) / 10000000L;
  }
  static Imprint ImprintOf(Der one) {
    List<Der> parts = one.Inside();
    Need(parts.Count == 2 && parts[1].Tag == 4);
    List<Der> algorithm = parts[0].Inside();
    Need(algorithm.Count > 0 && Nothing(algorithm, true));
    string oid = Der.Oid(algorithm[0]);
    return new Imprint { Hash = Hashes.ContainsKey(oid) ? Hashes[oid] : "another", Digest = parts[1].Body };
  }
  public static Query QueryOf(byte[] bytes) {
    List<Der> parts = Der.Strict(bytes).Inside();
    Need(parts.Count > 1 && parts[0].Is(1));
    Query query = new Query { Imprint = ImprintOf(parts[1]) };
    int at = 2;
    if (Has(parts, at, 6)) query.Policy = Der.Oid(parts[at++]);
    if (Has(parts, at, 2)) { Need(parts[at].IsNumber); query.Nonce = Bytes.Hex(parts[at++].Body); }
    if (Has(parts, at, 1)) parts[at++].IsTrue();
    if (Has(parts, at, 0xa0)) at++;
    Need(at == parts.Count);
    return query;
  }
  static PublicKey KeyOf(Der one) {
    List<Der> parts = one.Inside();
    Need(parts.Count == 2 && parts[1].Tag == 3 && parts[1].Body.Length > 0 && parts[1].Body[0] == 0);
    List<Der> kind = parts[0].Inside();
    byte[] bits = Bytes.From(parts[1].Body, 1);
    string type = Der.Oid(Get(kind, 0));
    if (type == "1.2.840.113549.1.1.1") {
      Need(kind.Count == 2 && Nothing(kind, true));
      List<Der> numbers = Der.Strict(bits).Inside();
      Need(numbers.Count == 2 && numbers.All(delegate(Der part) { return part.IsNumber && part.Body[0] < 128; }));
      byte[][] plain = numbers.Select(delegate(Der part) { return part.Body[0] == 0 ? Bytes.From(part.Body, 1) : part.Body; }).ToArray();
      BigInteger exponent = Bytes.Big(plain[1]), modulus = Bytes.Big(plain[0]);
      Need(modulus >= BigInteger.Pow(2, 2047) && modulus < BigInteger.Pow(2, 8192) && !modulus.IsEven && exponent >= 3 && exponent < BigInteger.Pow(2, 32) && !exponent.IsEven);
      return new PublicKey { Type = "rsa", Modulus = plain[0], Exponent = plain[1] };
    }
    Need(type == "1.2.840.10045.2.1" && kind.Count == 2);
    Curve.Weierstrass curve = Curve.Named(Der.Oid(kind[1]));
    Need(curve != null && bits.Length == 1 + 2 * curve.Size && bits[0] == 4);
    BigInteger[] point = { Bytes.Big(Bytes.Part(bits, 1, curve.Size)), Bytes.Big(Bytes.From(bits, 1 + curve.Size)) };
    Need(Curve.IsOn(curve, point[0], point[1]));
    return new PublicKey { Type = "ec", Curve = curve, Point = point };
  }
  static Certificate CertificateOf(byte[] bytes) {
    List<Der> outer = Der.Strict(bytes).Inside();
    Need(outer.Count == 3 && outer[2].Tag == 3 && outer[2].Body.Length > 0 && outer[2].Body[0] == 0);
    List<Der> parts = outer[0].Inside();
    int at = 0;
    if (Has(parts, 0, 0xa0)) {
      List<Der> version = parts[0].Inside(0xa0);
      Need(version.Count == 1 && version[0].IsNumber && version[0].Body.Length == 1 && version[0].Body[0] <= 2);
      at = 1;
    }
    Need(parts.Count >= at + 6 && parts[at].IsNumber && parts[at + 1].Tag == 0x30);
    List<Der> dates = parts[at + 3].Inside();
    Need(dates.Count == 2 && parts[at + 2].Tag == 0x30 && parts[at + 4].Tag == 0x30);
    Certificate found = new Certificate {
      Raw = bytes, Signed = outer[0].Raw, Serial = parts[at].Raw, IsAgreed = Bytes.Same(parts[at + 1].Raw, outer[1].Raw), Algorithm = SignatureOf(outer[1]), Signature = Bytes.From(outer[2].Body, 1),
      Issuer = parts[at + 2].Raw, Subject = parts[at + 4].Raw, From = TimeOf(dates[0], true), To = TimeOf(dates[1], true), Key = KeyOf(parts[at + 5]) };
    foreach (Der rest in parts.Skip(at + 6)) {
      Need(rest.Tag == 0x81 || rest.Tag == 0x82 || rest.Tag == 0xa3);
      if (rest.Tag != 0xa3) continue;
      List<Der> list = rest.Inside(0xa3);
      Need(list.Count == 1);
      HashSet<string> seen = new HashSet<string>();
      foreach (Der extension in list[0].Inside()) {
        List<Der> values = extension.Inside();
        Need(values.Count == 2 || values.Count == 3);
        string type = Der.Oid(values[0]);
        bool critical = values.Count == 3 && values[1].IsTrue();
        Der value = values[values.Count - 1];
        Need(value.Tag == 4);
        found.IsKnown &= !seen.Contains(type) && (!critical || KnownExtensions.Contains(type));
        seen.Add(type);
        if (type == ExtendedUsage) {
          string[] purposes = Der.Strict(value.Body).Inside().Select(delegate(Der part) { return Der.Oid(part); }).ToArray();
          found.IsForStampsOnly = critical && purposes.Length == 1 && purposes[0] == StampPurpose;
        } else if (type == KeyUsage) {
          Der bits = Der.Strict(value.Body);
          Need(bits.Tag == 3 && bits.Body.Length > 0 && bits.Body[0] < (bits.Body.Length > 1 ? 8 : 1));
          found.Bits = Bytes.From(bits.Body, 1);
        } else if (type == Limits) {
          List<Der> limits = Der.Strict(value.Body).Inside();
          int place = 0;
          if (Has(limits, place, 1)) found.IsAuthority = limits[place++].IsTrue();
          if (place < limits.Count) { Need(limits[place].IsNumber); found.Below = new BigInteger(limits[place++].Body.Reverse().ToArray()); }
          Need(place == limits.Count);
        }
      }
    }
    return found;
  }
  public static List<Certificate> CertificatesOf(byte[] pem) {
    string text = Bytes.Text(pem).Replace("\r\n", "\n");
    Need(Regex.IsMatch(text, @"\A(?:-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]{1,76}\n)+-----END CERTIFICATE-----\n){1,10}\z"));
    List<Certificate> found = new List<Certificate>();
    string[] blocks = text.Split(new string[] { "-----END CERTIFICATE-----\n" }, StringSplitOptions.None);
    foreach (string block in blocks.Take(blocks.Length - 1)) {
      byte[] der = Bytes.Unbase64(string.Concat(block.Split('\n').Skip(1)));
      Need(der != null);
      found.Add(CertificateOf(der));
    }
    return found;
  }
  /// What a reply says, before anything of it is believed.
  public static Reply ReplyOf(byte[] bytes) {
    List<Der> outer = Der.Strict(bytes).Inside();
    Need(outer.Count == 2);
    List<Der> status = outer[0].Inside(), content = outer[1].Inside();
    Need(status.Count > 0 && status[0].Is(0) && content.Count == 2 && Der.Oid(content[0]) == "1.2.840.113549.1.7.2");
    List<Der> wrapped = content[1].Inside(0xa0);
    Need(wrapped.Count == 1);
    List<Der> parts = wrapped[0].Inside();
    Need(parts.Count >= 4 && parts[0].Is(3));
    Reply found = new Reply();
    List<Der> digests = parts[1].Inside(0x31), inner = parts[2].Inside();
    Need(inner.Count == 2 && Der.Oid(inner[0]) == TstInfo);
    List<Der> octets = inner[1].Inside(0xa0);
    Need(octets.Count == 1 && octets[0].Tag == 4);
    found.Content = octets[0].Body;
    int at = 3;
    if (parts[at].Tag == 0xa0) at++;
    if (Has(parts, at, 0xa1)) at++;
    Need(at == parts.Count - 1);
    List<Der> signers = parts[at].Inside(0x31);
    Need(signers.Count == 1);
    List<Der> signer = signers[0].Inside();
    Need(signer.Count >= 6 && signer[0].Is(1) && signer[3].Tag == 0xa0 && signer[5].Tag == 4 && (signer.Count == 6 || (signer.Count == 7 && signer[6].Tag == 0xa1)));
    List<Der> named = signer[1].Inside();
    Need(named.Count == 2 && named[0].Tag == 0x30 && named[1].IsNumber);
    found.Issuer = named[0].Raw;
    found.Serial = named[1].Raw;
    found.Hash = HashOf(signer[2]);
    bool isNamed = false;
    foreach (Der one in digests) {
      List<Der> algorithm = one.Inside();
      Need(algorithm.Count > 0 && algorithm[0].Tag == 6 && Nothing(algorithm, true));
      string oid = Der.Oid(algorithm[0]);
      isNamed |= Hashes.ContainsKey(oid) && Hashes[oid] == found.Hash;
    }
    Need(isNamed);
    foreach (Der one in signer[3].Inside(0xa0)) {
      List<Der> attribute = one.Inside();
      Need(attribute.Count == 2);
      found.Attributes.Add(new SignedAttribute { Type = Der.Oid(attribute[0]), Values = attribute[1].Inside(0x31) });
    }
    found.Signed = Bytes.Joined(Bytes.One(0x31), Bytes.From(signer[3].Raw, 1));
    found.Algorithm = SignatureOf(signer[4]);
    Need(found.Algorithm[1] == null || found.Algorithm[1] == found.Hash);
    found.Signature = signer[5].Body;
    List<Der> info = Der.Strict(found.Content).Inside();
    Need(info.Count >= 5 && info[0].Is(1) && info[3].IsNumber);
    found.Policy = Der.Oid(info[1]);
    found.Imprint = ImprintOf(info[2]);
    found.At = TimeOf(info[4], false);
    at = 5;
    if (Has(info, at, 0x30)) at++;
    if (Has(info, at, 1)) info[at++].IsTrue();
    if (Has(info, at, 2)) { Need(info[at].IsNumber); found.Nonce = Bytes.Hex(info[at++].Body); }
    if (Has(info, at, 0xa0)) at++;
    if (Has(info, at, 0xa1)) at++;
    Need(at == info.Count);
    return found;
  }
  static bool Holds(PublicKey key, string type, string hash, byte[] signature, byte[] message) {
    if (key.Type != type) return false;
    byte[] digest = Digest.Of(hash, message);
    return type == "rsa" ? Curve.Rsa(key.Modulus, key.Exponent, signature, digest, hash) : Curve.Ecdsa(key.Curve, key.Point, signature, digest);
  }
  static Der Only(Reply reply, string type) {
    List<SignedAttribute> found = reply.Attributes.Where(delegate(SignedAttribute one) { return one.Type == type; }).ToList();
    return found.Count == 1 && found[0].Values.Count == 1 ? found[0].Values[0] : null;
  }
  /// Whether the reply's signature is that of the first certificate, over what the reply says.
  public static bool IsSigned(Reply reply, Certificate certificate) {
    if (!Bytes.Same(reply.Issuer, certificate.Issuer) || !Bytes.Same(reply.Serial, certificate.Serial)) return false;
    Der type = Only(reply, "1.2.840.113549.1.9.3"), digest = Only(reply, "1.2.840.113549.1.9.4");
    if (type == null || type.Tag != 6 || Der.Oid(type) != TstInfo || digest == null || digest.Tag != 4) return false;
    if (!Bytes.Same(digest.Body, Digest.Of(reply.Hash, reply.Content))) return false;
    string[] named = new string[] { V1, V2 }.Where(delegate(string one) { return reply.Attributes.Any(delegate(SignedAttribute other) { return other.Type == one; }); }).ToArray();
    if (named.Length == 0 || !named.All(delegate(string one) { return Names(Only(reply, one), certificate, one == V2); })) return false;
    return Holds(certificate.Key, reply.Algorithm[0], reply.Algorithm[1] ?? reply.Hash, reply.Signature, reply.Signed);
  }
  /// RFC 5035, 3 and RFC 2634, 5.4: whether the attribute names this certificate first.
  static bool Names(Der attribute, Certificate certificate, bool second) {
    try {
      Need(attribute != null);
      Der list = Get(attribute.Inside(), 0);
      Need(list != null);
      Der first = Get(list.Inside(), 0);
      Need(first != null);
      List<Der> parts = first.Inside();
      bool named = second && Has(parts, 0, 0x30);
      string hash = named ? HashOf(parts[0]) : second ? "sha256" : "sha1";
      Der digest = Get(parts, named ? 1 : 0);
      return digest != null && digest.Tag == 4 && Bytes.Same(digest.Body, Digest.Of(hash, certificate.Raw));
    } catch (FormError) { return false; }
  }
  static bool OnlySigns(byte[] bits) { return bits == null || bits.Select(delegate(byte one, int place) { return place == 0 ? (one & 63) == 0 : one == 0; }).All(delegate(bool fits) { return fits; }); }
  /// Whether the first certificate is one for time stamps alone, and the others lead from it to the last, all at that time.
  public static bool IsChain(List<Certificate> chain, long at) {
    for (int place = 0; place < chain.Count; place++) {
      Certificate one = chain[place], above = chain[Math.Min(place + 1, chain.Count - 1)];
      bool fits = place == 0 ? one.IsForStampsOnly && OnlySigns(one.Bits)
        : one.IsAuthority && (one.Below == null || one.Below >= place - 1) && (one.Bits == null || (one.Bits.Length > 0 && (one.Bits[0] & 4) != 0));
      if (!(fits && one.IsKnown && one.IsAgreed && one.From <= at && at <= one.To && Bytes.Same(one.Issuer, above.Subject)
        && one.Algorithm[1] != null && Holds(above.Key, one.Algorithm[0], one.Algorithm[1], one.Signature, one.Signed))) return false;
    }
    return true;
  }
}

// --- JSON (RFC 8785) and CSV -----------------------------------------------------------------------------------------------------

public class Json {
  readonly string text; int at;
  Json(string text) { this.text = text; }
  /// The object that these canonical bytes are, or null.
  public static Dictionary<string, object> From(byte[] bytes) {
    string text = Bytes.Decoded(bytes);
    if (text == null) return null;
    try {
      Json reader = new Json(text);
      Dictionary<string, object> value = reader.Value(32) as Dictionary<string, object>;
      return value != null && reader.at == text.Length && Canonical(value) == text ? value : null;
    } catch (FormError) { return null; }
  }
  char Next() { Der.Need(at < text.Length); return text[at++]; }
  object Value(int depth) {
    Der.Need(at < text.Length);
    char one = text[at];
    if (one == '"') return String();
    if (one == '{' || one == '[') {
      Der.Need(depth > 0);
      at++;
      Dictionary<string, object> members = new Dictionary<string, object>();
      List<object> list = new List<object>();
      char end = one == '{' ? '}' : ']';
      if (at < text.Length && text[at] == end) { at++; return one == '{' ? (object)members : list; }
      for (;;) {
        if (one == '{') { string name = String(); Der.Need(Next() == ':'); members[name] = Value(depth - 1); } else list.Add(Value(depth - 1));
        char after = Next();
        if (after == end) return one == '{' ? (object)members : list;
        Der.Need(after == ',');
      }
    }
    foreach (string word in new string[] { "true", "false", "null" })
      if (string.CompareOrdinal(text, at, word, 0, word.Length) == 0) { at += word.Length; return word == "null" ? null : (object)(word == "true"); }
    int start = at;
    if (text[at] == '-') at++;
    while (at < text.Length && text[at] >= '0' && text[at] <= '9') at++;
    long number;
    Der.Need(at - start <= 17 && long.TryParse(text.Substring(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number));
    number = long.Parse(text.Substring(start, at - start), CultureInfo.InvariantCulture);
    Der.Need(Math.Abs(number) < 9007199254740992L);
    return number;
  }
  string String() {
    Der.Need(Next() == '"');
    StringBuilder found = new StringBuilder();
    for (;;) {
      char one = Next();
      if (one == '"') return found.ToString();
      if (one != '\\') { found.Append(one); continue; }
      char kind = Next();
      int place = "\"\\/bfnrt".IndexOf(kind);
      if (place >= 0) { found.Append("\"\\/\b\f\n\r\t"[place]); continue; }
      Der.Need(kind == 'u' && at + 4 <= text.Length && Regex.IsMatch(text.Substring(at, 4), @"\A[0-9a-fA-F]{4}\z"));
      found.Append((char)Convert.ToInt32(text.Substring(at, 4), 16));
      at += 4;
    }
  }
  public static string Quoted(string text) {
    StringBuilder found = new StringBuilder("\"");
    foreach (char one in text) {
      int place = "\"\\\b\f\n\r\t".IndexOf(one);
      if (place >= 0) found.Append('\\').Append("\"\\bfnrt"[place]);
      else if (one < ' ') found.Append("\\u").Append(((int)one).ToString("x4"));
      else found.Append(one);
    }
    return found.Append('"').ToString();
  }
  public static string Canonical(object value) {
    if (value == null) return "null";
    if (value is bool) return (bool)value ? "true" : "false";
    if (value is string) return Quoted((string)value);
    Dictionary<string, object> members = value as Dictionary<string, object>;
    if (members != null) return "{" + string.Join(",", members.Keys.OrderBy(delegate(string key) { return key; }, StringComparer.Ordinal).Select(delegate(string key) { return Quoted(key) + ":" + Canonical(members[key]); })) + "}";
    List<object> list = value as List<object>;
    if (list != null) return "[" + string.Join(",", list.Select(delegate(object one) { return Canonical(one); })) + "]";
    return Convert.ToString(value, CultureInfo.InvariantCulture);
  }
  public static object Get(Dictionary<string, object> one, string name) { object found; return one != null && one.TryGetValue(name, out found) ? found : null; }
  public static string Str(Dictionary<string, object> one, string name) { return Get(one, name) as string; }
  public static Dictionary<string, object> Obj(Dictionary<string, object> one, string name) { return Get(one, name) as Dictionary<string, object>; }
  public static bool Is(object value, long number) { return value is long && (long)value == number; }
}

/// A CSV file, read as Python's csv module reads it when it is strict.
public class Rows {
  readonly TextReader reader; public bool Broken; int state; // 0 row, 1 after a carriage return, 2 cell, 3 plain, 4 quoted, 5 quote in quoted
  readonly StringBuilder cell = new StringBuilder(); List<string> row = new List<string>();
  public Rows(TextReader reader) { this.reader = reader; }
  void Save() { row.Add(cell.ToString()); cell.Clear(); state = 2; }
  List<string> End() { Save(); List<string> done = row; row = new List<string>(); state = 0; return done; }
  /// The next row, null at the end or where what follows cannot be read.
  public List<string> Next() {
    for (;;) {
      int read = reader.Read();
      if (read < 0) {
        if (state == 4) { Broken = true; return null; }
        if (state <= 1) return null;
        return End();
      }
      char one = (char)read;
      bool isEnd = one == '\r' || one == '\n';
      if (state == 1) { state = 0; if (one == '\n') continue; }
      if (state == 0 && isEnd) { state = one == '\r' ? 1 : 0; return new List<string>(); }
      if (state == 4) {
        if (one == '"') state = 5; else cell.Append(one);
        if (cell.Length > 1 << 24) { Broken = true; return null; }
        continue;
      }
      if (state == 5 && one == '"') { cell.Append(one); state = 4; continue; }
      if (isEnd) { List<string> done = End(); if (one == '\r') state = 1; return done; }
      if (one == ',') { Save(); continue; }
      if (state == 5) { Broken = true; return null; }
      if (state != 3 && one == '"') { state = 4; continue; }
      cell.Append(one);
      state = 3;
      if (cell.Length > 1 << 24) { Broken = true; return null; }
    }
  }
}

// --- the packet ------------------------------------------------------------------------------------------------------------------

public class NoteKey { public string Name, Vkey, Id; public int Type; public byte[] Public; }
public class NoteLine { public string Name, Id; public byte[] Signature; }
public class Note { public byte[] Body, Root; public string Origin; public long Size; public List<NoteLine> Lines; }
public class Proof { public byte[] Extra, Note; public string Index; public List<byte[]> Hashes; }
public class Opening { public byte[] Salt; public string Digest; public object Subject; }
public class AnchorRow { public string File, Name, Key; public long At, Size; }
public class Anchor { public string Number; public long Size; public HashSet<string> Sizes = new HashSet<string>(); public List<AnchorRow> Stamps = new List<AnchorRow>(), Cosignatures = new List<AnchorRow>(); public Note Note; }
public class Finding { public string Code, Place; }
/// A C2SP tlog-policy. Names are bytes, so the text is taken byte by byte.
public class Policy {
  public readonly List<string> Logs = new List<string>();
  readonly List<KeyValuePair<string, NoteKey>> witnesses = new List<KeyValuePair<string, NoteKey>>();
  readonly List<Group> groups = new List<Group>(); // in the order of the file, so members come first
  string quorum;
  class Group { public string Name; public int Least; public string[] Members; }

  /// The policy in these bytes, null when they are none.
  public static Policy From(byte[] bytes) {
    Policy read = new Policy();
    if (bytes.Length > 1 << 20 || bytes.Any(delegate(byte one) { return (one < 32 && one != 9 && one != 10) || one == 127; })) return null;
    string[] lines = Bytes.Text(bytes).Split('\n');
    if (lines[lines.Length - 1] != "") return null; // a file that was cut could name another quorum
    HashSet<string> names = new HashSet<string>(StringComparer.Ordinal), keys = new HashSet<string>(), grouped = new HashSet<string>(StringComparer.Ordinal);
    int definitions = 0;
    foreach (string line in lines.Take(lines.Length - 1)) {
      string[] words = line.Split(new char[] { ' ', '\t' }, StringSplitOptions.RemoveEmptyEntries);
      if (words.Length == 0 || words[0][0] == '#') continue;
      if (words[0] != "quorum" && ++definitions > 1000) return null;
      bool isNew = words.Length > 1 && words[1] != "none" && !names.Contains(words[1]);
      if (words[0] == "log" && (words.Length == 2 || words.Length == 3)) {
        NoteKey one = Check.KeyFrom(words[1], 1, 6);
        if (one == null || !keys.Add("log " + Bytes.Hex(one.Public))) return null;
        read.Logs.Add(one.Vkey);
      } else if (words[0] == "witness" && (words.Length == 3 || words.Length == 4) && isNew) {
        NoteKey one = Check.KeyFrom(words[2], 4, 6);
        if (one == null || !keys.Add("witness " + Bytes.Hex(one.Public))) return null;
        names.Add(words[1]);
        read.witnesses.Add(new KeyValuePair<string, NoteKey>(words[1], one));
      } else if (words[0] == "group" && words.Length > 3 && isNew) {
        string[] inner = words.Skip(3).ToArray();
        int least = words[2] == "any" ? 1 : words[2] == "all" ? inner.Length : Regex.IsMatch(words[2], @"\A[0-9]{1,6}\z") ? int.Parse(words[2], CultureInfo.InvariantCulture) : 0;
        if (least < 1 || least > inner.Length || !inner.All(delegate(string one) { return names.Contains(one) && grouped.Add(one); })) return null;
        names.Add(words[1]);
        read.groups.Add(new Group { Name = words[1], Least = least, Members = inner });
      } else if (words[0] == "quorum" && words.Length == 2 && read.quorum == null && (words[1] == "none" || names.Contains(words[1]))) read.quorum = words[1];
      else return null;
    }
    return read.quorum == null ? null : read;
  }
  /// Whether the quorum is reached when these witnesses have cosigned.
  public bool IsReached(Func<NoteKey, bool> holds) {
    HashSet<string> signed = new HashSet<string>(witnesses.Where(delegate(KeyValuePair<string, NoteKey> one) { return holds(one.Value); }).Select(delegate(KeyValuePair<string, NoteKey> one) { return one.Key; }), StringComparer.Ordinal);
    foreach (Group one in groups) if (one.Members.Count(signed.Contains) >= one.Least) signed.Add(one.Name);
    return quorum == "none" || signed.Contains(quorum);
  }
}

public class Claim { public string Code, Name, Certificate, Signer; public long Count, Entries, At; public bool Pinned; }

public class Check {
  const int MostFiles = 200000, MostText = 1 << 28;
  const long MostTable = 1L << 32;
  const string Packed = "tagmanifest-sha256.txt", SignatureFile = "tagmanifest-sha256.txt.sig";
  static readonly string[] Required = { "bagit.txt", "bag-info.txt", "manifest-sha256.txt", Packed, SignatureFile, "allowed_signers", "seal/checkpoint", "seal/entries.jsonl", "seal/openings.json",
    "seal/log-key.txt", "seal/log-key.pem", "meta/exhibits.csv", "meta/messages.csv", "meta/custody.csv", "meta/accounts.csv", "meta/rooms.csv", "meta/groups.csv", "meta/derivatives.csv", "meta/disclosed.csv", "meta/anchors.csv" };
  static readonly Dictionary<string, string> Columns = new Dictionary<string, string> {
    { "exhibits", "exhibit sha256 entry file size kind mime width height duration_ms role path group sightings seen_in" },
    { "messages", "room message_id kind sender sender_label time_as_written sent_at sent_at_utc zone_source edited_at text reply_to flags exhibits facts source versions last_export_with first_export_without disclosed" },
    { "custody", "entry type actor at zone offset_s clock_source case item commit root counts prev leaf" },
    { "accounts", "platform account strength name first_seen first_seen_utc last_seen last_seen_utc messages" },
    { "rooms", "platform room type name first_seen first_seen_utc last_seen last_seen_utc links messages" },
    { "groups", "group row exhibit sha256 is_own_photo seen_at seen_at_utc room account message_id path other_sha256 method bits symmetry" },
    { "derivatives", "derivative sha256 entry file size mime source_exhibit source_entry source_commit method regions fields reason" },
    { "disclosed", "message entry index size file room message_id" },
    { "anchors", "anchor size kind file name at at_utc key" } };
  const string Part = "[A-Za-z0-9_-][A-Za-z0-9._-]*";
  static readonly Regex Line = new Regex(@"\A([0-9a-f]{64})  (" + Part + "(?:/" + Part + @")*)\z", RegexOptions.CultureInvariant);
  static bool IsNumber(string text) { return Regex.IsMatch(text, @"\A(?:0|[1-9][0-9]{0,14})\z"); }
  static bool IsHex(string text) { return Regex.IsMatch(text, @"\A[0-9a-f]{64}\z"); }

  readonly string folder; readonly string pin; readonly string[] authorities; readonly Policy policy;
  public readonly List<Finding> Findings = new List<Finding>();
  readonly HashSet<string> told = new HashSet<string>();
  readonly Dictionary<string, string> expected = new Dictionary<string, string>(StringComparer.Ordinal);
  readonly Dictionary<string, long> present = new Dictionary<string, long>(StringComparer.Ordinal);
  readonly Dictionary<string, long> counts = new Dictionary<string, long>();
  readonly Dictionary<long, Opening> openings = new Dictionary<long, Opening>();
  readonly HashSet<string> exhibits = new HashSet<string>(), disclosed = new HashSet<string>(), derivatives = new HashSet<string>();
  readonly List<Claim> stamps = new List<Claim>(), cosignatures = new List<Claim>();
  List<byte[]> entries = new List<byte[]>(), leaves = new List<byte[]>();
  List<Dictionary<string, object>> members = new List<Dictionary<string, object>>();
  public string Signer; NoteKey key; byte[] note, root; long? size;

  public Check(string folder, string signer, string[] authorities, Policy policy) { this.folder = folder; pin = signer; this.authorities = authorities; this.policy = policy; }

  public static bool IsPacket(string folder) { return new string[] { "bagit.txt", "manifest-sha256.txt", Packed }.Any(delegate(string name) { return File.Exists(Path.Combine(folder, name)); }); }

  public void Run() {
    CheckFiles(); CheckSignature(); CheckCheckpoint(); CheckEntries(); CheckOpenings(); CheckExhibits(); CheckDisclosed(); CheckDerivatives(); CheckAnchors(); CheckTables();
  }
  void Found(string code, string place) { if (told.Add(code + " " + place)) Findings.Add(new Finding { Code = code, Place = place }); }

  // --- files ---
  string Full(string path) { return Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar)); }
  byte[] Read(string path) { return Read(path, MostText); }
  byte[] Read(string path, long most) {
    if (!present.ContainsKey(path)) return null;
    if (present[path] > most) { if (most == MostText) Found("file-too-large", path); return null; }
    return File.ReadAllBytes(Full(path));
  }
  static bool IsLink(string place) { return (File.GetAttributes(place) & FileAttributes.ReparsePoint) != 0; }
  /// Devices and pipes, where the system has them: only plain files can be asked for their length and read to it.
  static bool IsSpecial(string place) { return (File.GetAttributes(place) & FileAttributes.Device) != 0; }
  void Manifest(string name, HashSet<string> leading) {
    string place = Full(name);
    if (!File.Exists(place) || IsLink(place)) return;
    present[name] = new FileInfo(place).Length;
    byte[] content = Read(name);
    bool payload = !name.StartsWith("tag", StringComparison.Ordinal);
    if (content == null) return;
    if (!Bytes.IsLines(content, 32, 126, 256)) { Found("manifest-form", name); return; }
    string[] lines = Bytes.Text(content).Split('\n');
    for (int at = 0; at < lines.Length - 1; at++) {
      Match parts = Line.Match(lines[at]);
      string path = parts.Success ? parts.Groups[2].Value : "";
      if (!parts.Success || path.StartsWith("data/", StringComparison.Ordinal) != payload || path == Packed || path == SignatureFile) { Found("manifest-line", name + ":" + (at + 1)); continue; }
      if (expected.ContainsKey(path)) Found("manifest-duplicate", path);
      expected[path] = parts.Groups[1].Value;
      while (path.Contains("/")) { path = path.Substring(0, path.LastIndexOf('/')); leading.Add(path); }
    }
  }
  void Walk(string at, HashSet<string> leading, ref int seen) {
    foreach (string place in Directory.GetFileSystemEntries(at == "" ? folder : Full(at))) {
      seen++;
      if (seen > MostFiles) { Found("too-many-files", "."); return; }
      string path = (at == "" ? "" : at + "/") + Path.GetFileName(place);
      if (IsLink(place)) Found("link", Shown(path));
      else if (Directory.Exists(place)) { if (leading.Contains(path)) Walk(path, leading, ref seen); else Found("directory-added", Shown(path)); }
      else if (IsSpecial(place)) Found("special-file", Shown(path));
      else if (expected.ContainsKey(path) || path == Packed || path == SignatureFile) present[path] = new FileInfo(place).Length;
      else Found("file-added", Shown(path));
    }
  }
  void CheckFiles() {
    HashSet<string> leading = new HashSet<string>(StringComparer.Ordinal) { "seal", "meta" };
    int seen = 0;
    Manifest("manifest-sha256.txt", leading);
    Manifest(Packed, leading);
    present.Clear();
    Walk("", leading, ref seen);
    foreach (string path in expected.Keys.Concat(Required).Distinct()) if (!present.ContainsKey(path)) Found("file-missing", path);
    foreach (string path in expected.Keys.Where(delegate(string one) { return present.ContainsKey(one); }).OrderBy(delegate(string one) { return one; }, StringComparer.Ordinal)) {
      using (HashAlgorithm hash = SHA256.Create()) using (FileStream file = File.OpenRead(Full(path))) if (Bytes.Hex(hash.ComputeHash(file)) != expected[path]) Found("file-changed", path);
    }
    if (present.ContainsKey("bagit.txt") && (present["bagit.txt"] > 100 || Bytes.Text(Read("bagit.txt")) != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")) Found("bagit-txt", "bagit.txt");
    byte[] information = Read("bag-info.txt");
    if (information == null) return;
    string[] lines = Bytes.Text(information).Split('\n');
    List<long> sizes = present.Where(delegate(KeyValuePair<string, long> one) { return one.Key.StartsWith("data/", StringComparison.Ordinal); }).Select(delegate(KeyValuePair<string, long> one) { return one.Value; }).ToList();
    string oxum = "Payload-Oxum: " + sizes.Sum() + "." + sizes.Count;
    if (string.Join("\n", lines.Where(delegate(string line) { return line.StartsWith("Payload-Oxum: ", StringComparison.Ordinal); })) != oxum) Found("oxum", "bag-info.txt");
    foreach (string line in lines) if (line.StartsWith("Haechi-Rows: ", StringComparison.Ordinal))
      foreach (Match one in Regex.Matches(line, @"([a-z]+)=([0-9]{1,15})(?: |\z)")) counts[one.Groups[1].Value] = long.Parse(one.Groups[2].Value, CultureInfo.InvariantCulture);
  }
  /// A name as it may be shown: every byte outside the packet's own alphabet as %XX, 300 bytes at most.
  static string Shown(string name) {
    return string.Concat(new UTF8Encoding(false).GetBytes(name).Take(300).Select(delegate(byte one) { string text = ((char)one).ToString(); return one < 128 && Regex.IsMatch(text, @"\A[A-Za-z0-9._/-]\z") ? text : "%" + one.ToString("X2"); }));
  }

  // --- signature (OpenSSH, PROTOCOL.sshsig) ---
  static byte[] Length(int value) { return new byte[] { (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value }; }
  static byte[] Str(byte[] bytes) { return Bytes.Joined(Length(bytes.Length), bytes); }
  static byte[] Str(string text) { return Str(Bytes.Utf8(text)); }
  void CheckSignature() {
    byte[] allowed = Read("allowed_signers");
    if (allowed == null) return;
    Match line = Regex.Match(Bytes.Text(allowed), "\\Ahaechi-packet namespaces=\"packet@haechi\" ssh-ed25519 (AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43})\\n\\z");
    if (!line.Success) { Found("signer-form", "allowed_signers"); return; }
    byte[] blob = Convert.FromBase64String(line.Groups[1].Value);
    Signer = "SHA256:" + Convert.ToBase64String(Digest.Sha256(blob)).TrimEnd('=');
    byte[] manifest = Read(Packed), armour = Read(SignatureFile);
    if (manifest == null || armour == null) return;
    byte[] start = Bytes.Joined(Bytes.Utf8("SSHSIG"), Length(1), Str(blob), Str("packet@haechi"), Length(0), Str("sha512"), Length(83), Str("ssh-ed25519"), Length(64));
    string[] lines = Bytes.Text(armour).Split('\n');
    byte[] body = Bytes.Unbase64(string.Concat(lines.Skip(1).Take(Math.Max(0, lines.Length - 3)))) ?? new byte[0];
    byte[] signature = body.Length > 64 ? Bytes.From(body, body.Length - 64) : body;
    // Made anew and compared: there is one way to write a signature, so not even a line break can be changed.
    string text = Regex.Replace(Convert.ToBase64String(Bytes.Joined(start, signature)), "(.{70})(?!\\z)", "$1\n");
    byte[] signed = Bytes.Joined(Bytes.Utf8("SSHSIG"), Str("packet@haechi"), Length(0), Str("sha512"), Str(Digest.Of("sha512", manifest)));
    if ("-----BEGIN SSH SIGNATURE-----\n" + text + "\n-----END SSH SIGNATURE-----\n" != Bytes.Text(armour) || !Curve.Ed25519(Bytes.From(blob, blob.Length - 32), signature, signed)) Found("signature", SignatureFile);
    if (pin != null && pin != Signer) Found("signer-other", "allowed_signers");
  }

  // --- log ---
  static NoteKey WithId(NoteKey one) { one.Id = Bytes.Hex(Bytes.Part(Digest.Sha256(Bytes.Utf8(one.Name + "\n"), Bytes.One(one.Type), one.Public), 0, 4)); return one; }
  public static NoteKey KeyFrom(string line, params int[] types) {
    Match parts = Regex.Match(line, @"\A([!-*,-~]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\z");
    byte[] typed = parts.Success ? Bytes.Unbase64(parts.Groups[3].Value) : null;
    if (typed == null || typed.Length == 0 || !types.Contains(typed[0]) || typed.Length != (typed[0] == 6 ? 1313 : 33)) return null;
    NoteKey found = WithId(new NoteKey { Name = parts.Groups[1].Value, Type = typed[0], Public = Bytes.From(typed, 1), Vkey = line });
    return found.Id == parts.Groups[2].Value ? found : null;
  }
  static List<NoteLine> SignaturesFrom(byte[] bytes) {
    string text = Bytes.IsLines(bytes, 32, 126, 128) ? Bytes.Decoded(bytes) : null;
    if (text == null) return null;
    string[] lines = text.Split('\n');
    List<NoteLine> found = new List<NoteLine>();
    foreach (string line in lines.Take(lines.Length - 1)) {
      Match parts = Regex.Match(line, "\\A\u2014 ([^ \\n]+) ([A-Za-z0-9+/=]+)\\z");
      byte[] blob = parts.Success ? Bytes.Unbase64(parts.Groups[2].Value) : null;
      if (blob == null || blob.Length <= 4) return null;
      found.Add(new NoteLine { Name = parts.Groups[1].Value, Id = Bytes.Hex(Bytes.Part(blob, 0, 4)), Signature = Bytes.From(blob, 4) });
    }
    return found.Count > 0 && found.Count <= 64 ? found : null;
  }
  static Note NoteFrom(byte[] bytes) {
    string text = Bytes.IsLines(bytes, 32, 126, 128) ? Bytes.Decoded(bytes) : null;
    int blank = text == null ? -1 : text.LastIndexOf("\n\n", StringComparison.Ordinal);
    if (blank < 0) return null;
    string body = text.Substring(0, blank + 1);
    string[] parts = body.Split('\n');
    List<NoteLine> lines = SignaturesFrom(Bytes.Utf8(text.Substring(blank + 2)));
    byte[] hash = parts.Length > 2 ? Bytes.Unbase64(parts[2]) : null;
    if (lines == null || parts[0] == "" || parts.Length < 4 || !IsNumber(parts[1]) || hash == null || hash.Length != 32) return null;
    return new Note { Body = Bytes.Utf8(body), Origin = parts[0], Size = long.Parse(parts[1], CultureInfo.InvariantCulture), Root = hash, Lines = lines };
  }
  /// True or false by the lines of this key, null when it has none.
  static bool? SignedBy(Note note, NoteKey key) {
    List<NoteLine> own = note.Lines.Where(delegate(NoteLine line) { return line.Name == key.Name && line.Id == key.Id; }).ToList();
    if (own.Count == 0) return null;
    return own.All(delegate(NoteLine line) { return Curve.Ed25519(key.Public, line.Signature, note.Body); });
  }
  void CheckCheckpoint() {
    const string name = "seal/checkpoint";
    byte[] vkey = Read("seal/log-key.txt"), pem = Read("seal/log-key.pem");
    note = Read(name);
    if (vkey == null || pem == null || note == null) return;
    string line = Bytes.Text(vkey);
    NoteKey found = line.EndsWith("\n", StringComparison.Ordinal) ? KeyFrom(line.Substring(0, line.Length - 1), 1) : null;
    if (found == null) { Found("log-key", "seal/log-key.txt"); return; }
    if (Bytes.Text(pem) != "-----BEGIN PUBLIC KEY-----\n" + Convert.ToBase64String(Bytes.Joined(Bytes.FromHex("302a300506032b6570032100"), found.Public)) + "\n-----END PUBLIC KEY-----\n") Found("log-key", "seal/log-key.pem");
    key = found;
    Note read = NoteFrom(note);
    if (read == null || read.Origin != key.Name) { Found("checkpoint-form", name); return; }
    bool? verdict = SignedBy(read, key);
    if (verdict != true) Found(verdict == null ? "checkpoint-form" : "checkpoint-signature", name);
    else { size = read.Size; root = read.Root; }
  }
  static bool IsText(Dictionary<string, object> one, string name) { return Json.Get(one, name) is string; }
  static Dictionary<string, object> EntryFrom(byte[] raw) {
    Dictionary<string, object> one = raw.Length <= 65535 ? Json.From(raw) : null, clock = Json.Obj(one, "clock");
    if (clock == null || !Json.Is(Json.Get(one, "v"), 1) || !(Json.Get(one, "n") is long) || (long)Json.Get(one, "n") < 0) return null;
    if (!(Json.Get(clock, "offset_s") is long) || !IsText(clock, "zone") || !IsText(clock, "source")) return null;
    if (!new string[] { "type", "actor", "at", "prev" }.All(delegate(string name) { return IsText(one, name); })) return null;
    if (!new string[] { "case", "item" }.All(delegate(string name) { return !one.ContainsKey(name) || IsText(one, name); })) return null;
    if (!new string[] { "prev", "commit", "root" }.All(delegate(string name) { return !one.ContainsKey(name) || (IsText(one, name) && IsHex(Json.Str(one, name))); })) return null;
    if (!one.ContainsKey("counts")) return one;
    Dictionary<string, object> counts = Json.Obj(one, "counts");
    return counts != null && counts.Values.All(delegate(object count) { return count is long; }) ? one : null;
  }
  void CheckEntries() {
    const string name = "seal/entries.jsonl";
    byte[] content = Read(name);
    if (content == null) return;
    if (content.Length > 0 && !Bytes.IsLines(content, 32, 255, 256)) { Found("entry-form", name); return; }
    entries = Bytes.Lines(content);
    entries.RemoveAt(entries.Count - 1);
    string previous = new string('0', 64);
    bool ordered = true;
    for (int at = 0; at < entries.Count; at++) {
      Dictionary<string, object> entry = EntryFrom(entries[at]);
      string place = name + ":" + (at + 1);
      if (entry == null) Found("entry-form", place);
      else {
        if (!Json.Is(Json.Get(entry, "n"), at) && ordered) { Found("entry-order", place); ordered = false; }
        if (Json.Str(entry, "prev") != previous) Found("entry-link", place);
      }
      members.Add(entry);
      leaves.Add(Digest.Sha256(Bytes.One(0), entries[at]));
      previous = Bytes.Hex(leaves[at]);
    }
    if (size == null) return;
    if (size != leaves.Count) Found("entry-count", name);
    else if (!Bytes.Same(RootOf((int)size), root)) Found("log-root", name);
  }
  Dictionary<string, object> EntryAt(long place) { return place < members.Count ? members[(int)place] : null; }
  /// RFC 6962, 2.1, of the first so many entries.
  byte[] RootOf(int count) {
    List<byte[]> level = leaves.GetRange(0, count);
    if (count == 0) return Digest.Sha256();
    while (level.Count > 1) {
      List<byte[]> above = new List<byte[]>();
      for (int at = 0; at + 1 < level.Count; at += 2) above.Add(Digest.Sha256(Bytes.One(1), level[at], level[at + 1]));
      if (level.Count % 2 == 1) above.Add(level[level.Count - 1]);
      level = above;
    }
    return level[0];
  }

  // --- exhibits ---
  void CheckOpenings() {
    const string name = "seal/openings.json";
    byte[] content = Read(name);
    if (content == null) return;
    List<byte[]> lines = Bytes.IsLines(content, 32, 255, 256) ? Bytes.Lines(content) : new List<byte[]>();
    if (lines.Count < 3 || Bytes.Text(lines[0]) != "[" || Bytes.Text(lines[lines.Count - 2]) != "]") { Found("openings-form", name); return; }
    for (int at = 1; at < lines.Count - 2; at++) {
      byte[] line = lines[at];
      string place = name + ":" + (at + 1);
      bool isLast = at == lines.Count - 3;
      Dictionary<string, object> one = isLast ? Json.From(line) : line.Length > 0 && line[line.Length - 1] == 44 ? Json.From(Bytes.Part(line, 0, line.Length - 1)) : null;
      bool good = one != null && one.Count == 4 && one.ContainsKey("subject") && Json.Get(one, "entry") is long && (long)one["entry"] >= 0 && IsText(one, "digest") && IsText(one, "salt")
        && IsHex(Json.Str(one, "digest")) && IsHex(Json.Str(one, "salt")) && !openings.ContainsKey((long)one["entry"]);
      if (!good) { Found("openings-form", place); continue; }
      Opening opening = new Opening { Salt = Bytes.FromHex(Json.Str(one, "salt")), Digest = Json.Str(one, "digest"), Subject = one["subject"] };
      openings[(long)one["entry"]] = opening;
      string sealedAs = Bytes.Hex(Digest.Sha256(Bytes.Utf8("commit/v1\n"), opening.Salt, Bytes.FromHex(opening.Digest)));
      Dictionary<string, object> entry = EntryAt((long)one["entry"]);
      bool tells = opening.Subject == null || Bytes.Hex(Digest.Sha256(Bytes.Utf8(Json.Canonical(opening.Subject)))) == opening.Digest;
      if (entry == null || Json.Str(entry, "commit") != sealedAs || !tells) Found("opening-wrong", place);
    }
  }
  static bool IsNamed(string file, string stem, string end) { return file.StartsWith(stem, StringComparison.Ordinal) && Regex.IsMatch(file.Substring(stem.Length), "\\A(?:" + end + ")\\z"); }
  Opening OpeningOf(string entry) { Opening found; return openings.TryGetValue(long.Parse(entry, CultureInfo.InvariantCulture), out found) ? found : null; }
  bool IsExpected(string file, string digest) { string found; return expected.TryGetValue(file, out found) && found == digest; }
  void Unlisted(HashSet<string> listed, params string[] folders) {
    foreach (string path in present.Keys) if (folders.Any(delegate(string one) { return path.StartsWith(one, StringComparison.Ordinal); }) && !listed.Contains(path)) Found("exhibit-unlisted", path);
  }
  void CheckExhibits() {
    HashSet<string> listed = new HashSet<string>();
    foreach (KeyValuePair<int, List<string>> numbered in Table("exhibits")) {
      List<string> row = numbered.Value;
      string exhibit = row[0], digest = row[1], entry = row[2], file = row[3], place = "meta/exhibits.csv:" + numbered.Key;
      if (!Regex.IsMatch(exhibit, @"\AE-[0-9]{4,9}\z") || !IsHex(digest) || !IsNumber(entry) || exhibits.Contains(exhibit) || (file != "" && !IsNamed(file, "data/evidence/" + exhibit, @"(?:\.[a-z0-9]{1,8})?"))) { Found("csv-form", place); continue; }
      exhibits.Add(exhibit);
      Opening opening = OpeningOf(entry);
      if (opening == null) Found("opening-missing", exhibit);
      else if (opening.Digest != digest) Found("exhibit-digest", place);
      if (file != "" && !IsExpected(file, digest)) Found("exhibit-digest", file);
      string name = "seal/proofs/" + exhibit + ".tlog-proof";
      listed.Add(file);
      listed.Add(name);
      byte[] text = Read(name);
      if (text == null) { Found("proof-missing", exhibit); continue; }
      Proof proof = ProofFrom(text);
      long index = long.Parse(entry, CultureInfo.InvariantCulture);
      if (proof == null || proof.Index != entry || (opening != null && !Bytes.Same(opening.Salt, proof.Extra)) || (note != null && !Bytes.Same(note, proof.Note))) Found("proof-form", name);
      else if (size != null && !(index < leaves.Count && Includes(leaves[(int)index], index, (long)size, proof.Hashes, root))) Found("proof-wrong", name);
    }
    Unlisted(listed, "data/evidence/", "seal/proofs/");
  }
  static Proof ProofFrom(byte[] bytes) {
    string text = Bytes.Text(bytes);
    int blank = text.IndexOf("\n\n", StringComparison.Ordinal);
    string[] lines = text.Substring(0, Math.Max(blank, 0)).Split('\n');
    byte[] extra = lines.Length >= 3 && lines[1].StartsWith("extra ", StringComparison.Ordinal) ? Bytes.Unbase64(lines[1].Substring(6)) : null;
    List<byte[]> hashes = lines.Skip(3).Select(delegate(string line) { return Bytes.Unbase64(line); }).ToList();
    if (extra == null || lines[0] != "c2sp.org/tlog-proof@v1" || !lines[2].StartsWith("index ", StringComparison.Ordinal) || !hashes.All(delegate(byte[] one) { return one != null && one.Length == 32; })) return null;
    return new Proof { Extra = extra, Index = lines[2].Substring(6), Hashes = hashes, Note = Bytes.From(bytes, blank + 2) };
  }
  /// RFC 9162, 2.1.3.2.
  static bool Includes(byte[] leaf, long index, long count, List<byte[]> hashes, byte[] root) {
    if (index >= count) return false;
    byte[] value = leaf;
    long node = index, last = count - 1;
    foreach (byte[] sibling in hashes) {
      if (last == 0) return false;
      if (node % 2 == 1 || node == last) {
        value = Digest.Sha256(Bytes.One(1), sibling, value);
        while (node % 2 == 0 && node != 0) { node /= 2; last /= 2; }
      } else value = Digest.Sha256(Bytes.One(1), value, sibling);
      node /= 2;
      last /= 2;
    }
    return last == 0 && Bytes.Same(value, root);
  }

  // --- messages that are shown with proof ---
  void CheckDisclosed() {
    HashSet<string> listed = new HashSet<string>();
    foreach (KeyValuePair<int, List<string>> numbered in Table("disclosed")) {
      List<string> row = numbered.Value;
      string message = row[0], file = row[4];
      if (!Regex.IsMatch(message, @"\AM-[0-9]{4,9}\z") || !row.Skip(1).Take(3).All(delegate(string one) { return IsNumber(one); }) || disclosed.Contains(message) || !IsNamed(file, "data/messages/" + message, @"\.(?:json|html|txt)")) { Found("csv-form", "meta/disclosed.csv:" + numbered.Key); continue; }
      disclosed.Add(message);
      string name = "seal/messages/" + message + ".tlog-proof";
      listed.Add(file);
      listed.Add(name);
      byte[] text = Read(name), span = Read(file);
      if (!present.ContainsKey(file)) Found("file-missing", file);
      if (text == null) Found("proof-missing", message);
      else Disclosure(message, name, text, span, long.Parse(row[1], CultureInfo.InvariantCulture), row[2], long.Parse(row[3], CultureInfo.InvariantCulture));
    }
    Unlisted(listed, "data/messages/", "seal/messages/");
  }
  void Disclosure(string message, string name, byte[] bytes, byte[] span, long entry, string index, long count) {
    Proof proof = ProofFrom(bytes);
    if (proof == null || proof.Index != index || proof.Extra.Length != 16) { Found("proof-form", name); return; }
    if (key == null) return;
    Note read = NoteFrom(proof.Note);
    string part = read == null ? "" : read.Origin.Substring(read.Origin.LastIndexOf('/') + 1);
    NoteKey own = WithId(new NoteKey { Name = key.Name + "/messages/" + part, Type = 1, Public = key.Public });
    if (read == null || read.Lines.Count != 1 || !IsNumber(part) || read.Origin != own.Name || read.Size != count || SignedBy(read, own) != true) { Found("proof-form", name); return; }
    Dictionary<string, object> said = EntryAt(entry), counted = Json.Obj(said, "counts");
    if (said == null || Json.Str(said, "type") != "window" || Json.Str(said, "root") != Bytes.Hex(read.Root) || !Json.Is(Json.Get(counted, "total"), count) || !Json.Is(Json.Get(counted, "part"), long.Parse(part, CultureInfo.InvariantCulture))) Found("window-wrong", message);
    if (span != null && !Includes(Digest.Sha256(Bytes.One(0), proof.Extra, span), long.Parse(index, CultureInfo.InvariantCulture), count, proof.Hashes, read.Root)) Found("proof-wrong", name);
  }

  // --- redacted copies ---
  void CheckDerivatives() {
    HashSet<string> listed = new HashSet<string>();
    foreach (KeyValuePair<int, List<string>> numbered in Table("derivatives")) {
      List<string> row = numbered.Value;
      string derivative = row[0], digest = row[1], entry = row[2], file = row[3], place = row[7], commit = row[8];
      if (!Regex.IsMatch(derivative, @"\AD-[0-9]{4,9}\z") || !IsHex(digest) || !IsNumber(entry) || !IsNumber(place) || !IsHex(commit) || derivatives.Contains(derivative) || !IsNamed(file, "data/derivatives/" + derivative, @"\.[a-z0-9]{1,8}")) { Found("csv-form", "meta/derivatives.csv:" + numbered.Key); continue; }
      derivatives.Add(derivative);
      listed.Add(file);
      Opening opening = OpeningOf(entry);
      if (opening == null) Found("opening-missing", derivative);
      Dictionary<string, object> subject = opening == null ? null : opening.Subject as Dictionary<string, object>;
      if ((opening != null && (subject == null || Json.Str(subject, "digest") != digest)) || !IsExpected(file, digest)) Found("derivative-digest", derivative);
      if (opening == null) continue;
      long number = long.Parse(place, CultureInfo.InvariantCulture);
      Dictionary<string, object> made = EntryAt(long.Parse(entry, CultureInfo.InvariantCulture)), from = EntryAt(number), source = Json.Obj(subject, "source");
      bool fits = subject != null && made != null && Json.Str(made, "type") == "derive" && from != null && Json.Str(from, "commit") == commit && source != null && Json.Is(Json.Get(source, "entry"), number) && Json.Str(source, "commit") == commit
        && IsText(subject, "method") && Cell(Json.Str(subject, "method")) == row[9] && RegionsOf(Json.Get(subject, "regions")) == row[10] && FieldsOf(Json.Get(subject, "fields")) == row[11] && IsText(subject, "reason") && Cell(Json.Str(subject, "reason")) == row[12];
      if (!fits) Found("derivative-source", derivative);
    }
    Unlisted(listed, "data/derivatives/");
  }
  static string RegionsOf(object value) {
    List<object> list = value as List<object>;
    if (list == null || !list.All(delegate(object one) { List<object> four = one as List<object>; return four != null && four.Count == 4 && four.All(delegate(object side) { return side is long; }); })) return null;
    return string.Join(";", list.Select(delegate(object one) { return string.Join(" ", ((List<object>)one).Select(delegate(object side) { return Json.Canonical(side); })); }));
  }
  static string FieldsOf(object value) {
    List<object> list = value as List<object>;
    return list != null && list.All(delegate(object one) { return one is string; }) ? Cell(string.Join(" ", list.Cast<string>())) : null;
  }

  // --- what others say of the log ---
  void CheckAnchors() {
    Dictionary<string, Anchor> anchors = new Dictionary<string, Anchor>();
    List<Anchor> order = new List<Anchor>(), good = new List<Anchor>();
    HashSet<string> listed = new HashSet<string>();
    List<NoteKey> witnesses = Witnesses();
    foreach (KeyValuePair<int, List<string>> numbered in Table("anchors")) {
      List<string> row = numbered.Value;
      string number = row[0], kind = row[2], file = row[3], stem = "seal/anchors/" + number, once = number + " " + row[5] + " " + row[7];
      bool stamp = kind == "stamp" && IsNamed(file, stem, @"\.[1-9][0-9]{0,3}\.tsr") && IsHex(row[7]) && !listed.Contains(file);
      bool cosigned = kind == "cosignature" && file == stem + ".cosignatures" && !listed.Contains(once);
      if (!Regex.IsMatch(number, @"\AA-[0-9]{4,9}\z") || !IsNumber(row[1]) || !IsNumber(row[5]) || !(stamp || cosigned)) { Found("csv-form", "meta/anchors.csv:" + numbered.Key); continue; }
      if (!anchors.ContainsKey(number)) { anchors[number] = new Anchor { Number = number, Size = long.Parse(row[1], CultureInfo.InvariantCulture) }; order.Add(anchors[number]); }
      Anchor one = anchors[number];
      one.Sizes.Add(row[1]);
      (stamp ? one.Stamps : one.Cosignatures).Add(new AnchorRow { File = file, Name = row[4], Key = row[7], At = long.Parse(row[5], CultureInfo.InvariantCulture), Size = long.Parse(row[1], CultureInfo.InvariantCulture) });
      listed.Add(stem + ".checkpoint");
      listed.Add(stem + ".cosignatures");
      if (stamp) foreach (string end in new string[] { "tsq", "tsr", "pem" }) listed.Add(file.Substring(0, file.Length - 3) + end); else listed.Add(once);
    }
    foreach (Anchor anchor in order) {
      string name = "seal/anchors/" + anchor.Number + ".checkpoint";
      byte[] content = Read(name);
      foreach (AnchorRow stamp in anchor.Stamps) CheckStamp(stamp, content);
      if (key == null) continue;
      Note read = content == null ? null : NoteFrom(content);
      if (read == null || read.Lines.Count != 1 || read.Origin != key.Name || SignedBy(read, key) != true || anchor.Sizes.Count > 1 || read.Size != anchor.Size || read.Size > entries.Count) { Found("anchor-form", name); continue; }
      anchor.Note = read;
      if (!Bytes.Same(RootOf((int)read.Size), read.Root)) Found("anchor-root", name); else good.Add(anchor);
      CheckCosignatures(anchor, witnesses);
    }
    if (authorities.Length > 0 && !stamps.Any(Counts)) Found("authority-other", "authority");
    if (policy != null) CheckPolicy(good);
    Unlisted(listed, "seal/anchors/");
  }
  List<NoteKey> Witnesses() {
    byte[] content = Read("seal/witnesses.txt");
    if (content == null) return new List<NoteKey>();
    string[] lines = Bytes.IsLines(content, 32, 126, 256) ? Bytes.Text(content).Split('\n') : new string[] { "" };
    List<NoteKey> keys = lines.Take(lines.Length - 1).Select(delegate(string line) { return KeyFrom(line, 4, 6); }).ToList();
    if (keys.Count == 0 || keys.Contains(null) || lines.Distinct().Count() != lines.Length) { Found("witness-form", "seal/witnesses.txt"); return new List<NoteKey>(); }
    return keys;
  }
  /// The unix seconds of a cosignature (C2SP tlog-cosignature), null when it does not hold.
  static BigInteger? Cosigned(NoteKey key, NoteLine line, Note note) {
    if (line.Signature.Length != 72) return null;
    BigInteger at = Bytes.Big(Bytes.Part(line.Signature, 0, 8));
    if (at < 1 || at >= BigInteger.Pow(2, 63)) return null;
    return Curve.Ed25519(key.Public, Bytes.From(line.Signature, 8), Bytes.Joined(Bytes.Utf8("cosignature/v1\ntime " + at + "\n"), note.Body)) ? at : (BigInteger?)null;
  }
  void CheckCosignatures(Anchor anchor, List<NoteKey> witnesses) {
    string name = "seal/anchors/" + anchor.Number + ".cosignatures";
    byte[] content = Read(name);
    HashSet<string> wanted = new HashSet<string>(anchor.Cosignatures.Select(delegate(AnchorRow row) { return row.Name + "\n" + row.Key + "\n" + row.At; })), held = new HashSet<string>();
    if (content == null) { if (wanted.Count > 0) Found("cosignature", name); return; }
    List<NoteLine> lines = SignaturesFrom(content);
    if (lines == null) { Found("cosignature", name); return; }
    bool fits = true;
    foreach (NoteLine line in lines) {
      NoteKey own = witnesses.FirstOrDefault(delegate(NoteKey one) { return one.Type == 4 && one.Name == line.Name && one.Id == line.Id; });
      if (own == null) continue;
      BigInteger? at = Cosigned(own, line, anchor.Note);
      if (at == null) fits = false; else held.Add(Cell(own.Name) + "\n" + Cell(own.Vkey) + "\n" + at);
    }
    if (!fits || !held.SetEquals(wanted)) Found("cosignature", name);
    else cosignatures.AddRange(anchor.Cosignatures.Select(delegate(AnchorRow row) { return new Claim { Code = "cosignature", Entries = row.Size, At = row.At, Name = row.Name }; }));
  }
  void CheckStamp(AnchorRow stamp, byte[] stamped) {
    string stem = stamp.File.Substring(0, stamp.File.Length - 3), code;
    byte[] query = Read(stem + "tsq", 65536), reply = Read(stem + "tsr", 65536), pem = Read(stem + "pem", 65536);
    try { code = query == null || reply == null || pem == null ? "stamp-form" : Fault(stamp, stamped, Stamps.QueryOf(query), Stamps.ReplyOf(reply), Stamps.CertificatesOf(pem)); } catch (FormError) { code = "stamp-form"; }
    if (code != null) Found(code, stamp.File);
    else stamps.Add(new Claim { Code = "stamp", Entries = stamp.Size, At = stamp.At, Name = stamp.Name, Certificate = stamp.Key });
  }
  /// The first thing that is wrong with a stamp, null when it holds.
  string Fault(AnchorRow stamp, byte[] stamped, Query query, Reply reply, List<Certificate> chain) {
    if (reply.At != stamp.At || Bytes.Hex(Digest.Sha256(chain[0].Raw)) != stamp.Key) return "stamp-form";
    byte[] digest = stamped == null ? new byte[0] : Digest.Sha256(stamped);
    if (!new Imprint[] { query.Imprint, reply.Imprint }.All(delegate(Imprint one) { return one.Hash == "sha256" && Bytes.Same(one.Digest, digest); })) return "stamp-imprint";
    if (query.Nonce == null || query.Nonce != reply.Nonce || (query.Policy != null && query.Policy != reply.Policy)) return "stamp-nonce";
    if (!Stamps.IsSigned(reply, chain[0])) return "stamp-signature";
    if (!Stamps.IsChain(chain, reply.At)) return "stamp-certificate";
    return null;
  }
  /// Whether a stamp that holds is by an authority that was asked for, or none was.
  bool Counts(Claim stamp) { return authorities.Length == 0 || authorities.Contains(stamp.Certificate); }
  void CheckPolicy(List<Anchor> anchors) {
    Anchor newest = anchors.OrderByDescending(delegate(Anchor one) { return one.Size; }).ThenByDescending(delegate(Anchor one) { return long.Parse(one.Number.Substring(2), CultureInfo.InvariantCulture); }).FirstOrDefault();
    byte[] content = newest == null ? null : Read("seal/anchors/" + newest.Number + ".cosignatures");
    List<NoteLine> lines = (content == null ? null : SignaturesFrom(content)) ?? new List<NoteLine>();
    Func<NoteKey, bool> holds = delegate(NoteKey one) { return one.Type == 4 && lines.Any(delegate(NoteLine line) { return line.Name == one.Name && line.Id == one.Id && Cosigned(one, line, newest.Note) != null; }); };
    if (newest == null || (policy.Logs.Count > 0 && !policy.Logs.Contains(key.Vkey)) || !policy.IsReached(holds)) Found("quorum", "policy");
  }
  // --- tables ---
  /// The rows of a table with their numbers (the header is 1), for as long as its form holds.
  IEnumerable<KeyValuePair<int, List<string>>> Table(string table) {
    string name = "meta/" + table + ".csv";
    string[] columns = Columns[table].Split(' ');
    if (!present.ContainsKey(name)) yield break;
    if (present[name] > MostTable) { Found("file-too-large", name); yield break; }
    if (!IsText(name)) { Found("csv-form", name + ":1"); yield break; }
    int number = 0;
    using (FileStream file = File.OpenRead(Full(name))) using (StreamReader text = new StreamReader(file, new UTF8Encoding(false, true), false)) {
      Rows rows = new Rows(text);
      for (;;) {
        List<string> row = rows.Next();
        if (rows.Broken) { Found("csv-form", name + ":" + (number + 1)); yield break; }
        if (row == null) break;
        number++;
        bool isHeader = number != 1 || string.Join("\n", row) == "\ufeff" + string.Join("\n", columns);
        if (!isHeader || row.Count != columns.Length || row.Any(delegate(string one) { return one.Any(delegate(char c) { return (c < ' ' && c != '\n') || c == '\x7f'; }); })) { Found("csv-form", name + ":" + number); yield break; }
        if (number > 1) yield return new KeyValuePair<int, List<string>>(number, row);
      }
    }
    long counted;
    if (number == 0) Found("csv-form", name + ":1");
    else if (!counts.TryGetValue(table, out counted) || counted != number - 1) Found("csv-count", name);
  }
  /// Whether all of a file is UTF-8, before any of it is used.
  bool IsText(string name) {
    char[] part = new char[1 << 16];
    using (FileStream file = File.OpenRead(Full(name))) using (StreamReader text = new StreamReader(file, new UTF8Encoding(false, true), false)) {
      try { while (text.Read(part, 0, part.Length) > 0) { } } catch (ArgumentException) { return false; }
    }
    return true;
  }
  /// A value as the tables write it.
  static string Cell(string value) {
    if (value == null) return "";
    string text = string.Concat(value.Select(delegate(char one) { return one == '\x7f' ? '\u2421' : one < ' ' ? (char)(0x2400 + one) : one; }));
    return text != "" && "=+-@'\uff1d\uff0b\uff0d\uff20".IndexOf(text[0]) >= 0 ? "'" + text : text;
  }
  string[] CustodyRow(int at) {
    Dictionary<string, object> one = members[at], clock = Json.Obj(one, "clock"), counted = Json.Obj(one, "counts");
    if (one == null) return null;
    return new string[] { at.ToString(CultureInfo.InvariantCulture), Cell(Json.Str(one, "type")), Cell(Json.Str(one, "actor")), Cell(Json.Str(one, "at")), Cell(Json.Str(clock, "zone")), Json.Canonical(clock["offset_s"]), Cell(Json.Str(clock, "source")),
      Cell(Json.Str(one, "case")), Cell(Json.Str(one, "item")), Cell(Json.Str(one, "commit")), Cell(Json.Str(one, "root")), counted == null || counted.Count == 0 ? "" : Cell(Json.Canonical(counted)), Cell(Json.Str(one, "prev")), Bytes.Hex(leaves[at]) };
  }
  void CheckTables() {
    int last = 0;
    foreach (KeyValuePair<int, List<string>> numbered in Table("custody")) {
      last = numbered.Key - 1;
      string[] tells = last <= entries.Count ? CustodyRow(last - 1) : null;
      if (tells == null || !tells.SequenceEqual(numbered.Value)) Found("csv-row", "meta/custody.csv:" + numbered.Key);
    }
    if (present.ContainsKey("meta/custody.csv") && present.ContainsKey("seal/entries.jsonl") && last < entries.Count) Found("csv-row", "meta/custody.csv:" + (last + 2));
    foreach (KeyValuePair<int, List<string>> numbered in Table("messages")) {
      List<string> row = numbered.Value;
      bool known = row[13].Split(' ').All(delegate(string one) { return one == "" || exhibits.Contains(one); });
      if (!known || (row[19] != "" && !disclosed.Contains(row[19]))) Found("csv-row", "meta/messages.csv:" + numbered.Key);
    }
    foreach (string table in new string[] { "accounts", "rooms", "groups" }) foreach (KeyValuePair<int, List<string>> row in Table(table)) { if (row.Key == 0) break; }
  }

  // --- what it came to ---
  public List<Claim> Proven() {
    List<Claim> found = new List<Claim> { new Claim { Code = "files", Count = present.Count }, new Claim { Code = "signature", Signer = Signer, Pinned = pin != null }, new Claim { Code = "log", Entries = entries.Count }, new Claim { Code = "exhibits", Count = exhibits.Count } };
    if (disclosed.Count > 0) found.Add(new Claim { Code = "messages", Count = disclosed.Count });
    if (derivatives.Count > 0) found.Add(new Claim { Code = "derivatives", Count = derivatives.Count });
    found.AddRange(Sorted(stamps.Where(Counts)));
    found.AddRange(Sorted(cosignatures));
    return Findings.Count > 0 ? new List<Claim>() : found;
  }
  /// The time stamps that hold, by authorities that were not asked for.
  public List<Claim> NotCounted() { return Findings.Count > 0 ? new List<Claim>() : Sorted(stamps.Where(delegate(Claim one) { return !Counts(one); })).ToList(); }
  static IEnumerable<Claim> Sorted(IEnumerable<Claim> claims) {
    return claims.OrderBy(delegate(Claim one) { return one.At; }).ThenBy(delegate(Claim one) { return Bytes.Hex(Bytes.Utf8(one.Name)); }, StringComparer.Ordinal)
      .ThenBy(delegate(Claim one) { return one.Certificate ?? ""; }, StringComparer.Ordinal).ThenBy(delegate(Claim one) { return one.Entries; });
  }
  /// Whether nothing is wrong but that the packet is not by those whom the options name.
  public bool IsIntact() { return Findings.All(delegate(Finding one) { return Words.Intact.ContainsKey(one.Code); }); }
  public List<string> NotProven() {
    List<string> found = new List<string> { "author", "served", "export-true", "clock" };
    if (Findings.Count > 0) return new List<string>();
    if (pin == null) found.Add("unpinned");
    if (stamps.Count > 0 && authorities.Length == 0) found.Add("unpinned-authority");
    if (stamps.Count + cosignatures.Count == 0) found.Add("unanchored");
    return found;
  }
  static string Fact(Claim one) {
    string start = "{\"code\":" + Json.Quoted(one.Code);
    if (one.Code == "signature") return start + ",\"signer\":" + (one.Signer == null ? "null" : Json.Quoted(one.Signer)) + ",\"pinned\":" + (one.Pinned ? "true" : "false") + "}";
    if (one.Code == "log") return start + ",\"entries\":" + one.Entries + "}";
    if (one.Code == "stamp") return start + ",\"entries\":" + one.Entries + ",\"at\":" + one.At + ",\"name\":" + Json.Quoted(one.Name) + ",\"certificate\":" + Json.Quoted(one.Certificate) + "}";
    if (one.Code == "cosignature") return start + ",\"entries\":" + one.Entries + ",\"at\":" + one.At + ",\"name\":" + Json.Quoted(one.Name) + "}";
    return start + ",\"count\":" + one.Count + "}";
  }
  public string AsJson() {
    return "{\"verdict\":\"" + (Findings.Count > 0 ? "FAIL" : "PASS") + "\",\"intact\":" + (IsIntact() ? "true" : "false") + ",\"signer\":" + (Signer == null ? "null" : Json.Quoted(Signer)) + ",\"pinned\":" + (pin != null ? "true" : "false")
      + ",\"findings\":[" + string.Join(",", Findings.Select(delegate(Finding one) { return "{\"code\":" + Json.Quoted(one.Code) + ",\"place\":" + Json.Quoted(one.Place) + "}"; })) + "]"
      + ",\"proven\":[" + string.Join(",", Proven().Select(delegate(Claim one) { return Fact(one); })) + "],\"not_counted\":[" + string.Join(",", NotCounted().Select(delegate(Claim one) { return Fact(one); })) + "],\"not_proven\":[" + string.Join(",", NotProven().Select(delegate(string one) { return Json.Quoted(one); })) + "]}\n";
  }
}

// --- words, Korean and English ---

public static class Words {
  public static readonly Dictionary<string, string[]> Findings = new Dictionary<string, string[]> {
    { "link", new string[] { "다른 곳을 가리키는 링크가 들어 있습니다.", "There is a link that points elsewhere." } },
    { "special-file", new string[] { "일반 파일이 아닌 것이 들어 있습니다.", "There is something that is not a plain file." } },
    { "file-too-large", new string[] { "파일이 있을 수 없을 만큼 큽니다.", "The file is larger than it can be." } },
    { "too-many-files", new string[] { "파일이 너무 많아 검사를 멈추었습니다.", "There are too many files; the check stopped." } },
    { "bagit-txt", new string[] { "BagIt 1.0 선언이 아닙니다.", "This is not the declaration of BagIt 1.0." } },
    { "manifest-form", new string[] { "목록 파일의 형식이 잘못되었습니다.", "The manifest is malformed." } },
    { "manifest-line", new string[] { "목록의 이 줄이 잘못되었습니다.", "This line of the manifest is malformed." } },
    { "manifest-duplicate", new string[] { "같은 파일이 목록에 두 번 있습니다.", "The manifests name this file twice." } },
    { "file-missing", new string[] { "있어야 할 파일이 없습니다.", "A file that belongs here is missing." } },
    { "file-added", new string[] { "목록에 없는 파일이 추가되었습니다.", "A file that no manifest names has been added." } },
    { "directory-added", new string[] { "목록에 없는 폴더가 추가되었습니다.", "A folder that no manifest names has been added." } },
    { "file-changed", new string[] { "파일 내용이 바뀌었습니다.", "The content of this file has changed." } },
    { "oxum", new string[] { "파일 수나 전체 크기가 기록과 다릅니다.", "Number or total size of the files differs from the record." } },
    { "signer-form", new string[] { "서명자 파일의 형식이 잘못되었습니다.", "The file that names the signer is malformed." } },
    { "signature", new string[] { "서명이 맞지 않습니다.", "The signature is wrong." } },
    { "signer-other", new string[] { "알려 준 열쇠와 다른 열쇠로 서명되었습니다.", "This was signed by another key than the one you gave." } },
    { "log-key", new string[] { "기록의 공개 열쇠가 잘못되었습니다.", "The public key of the log is wrong." } },
    { "checkpoint-form", new string[] { "서명된 요약의 형식이 잘못되었습니다.", "The checkpoint is malformed." } },
    { "checkpoint-signature", new string[] { "서명된 요약의 서명이 맞지 않습니다.", "The signature of the checkpoint is wrong." } },
    { "entry-form", new string[] { "이 기록의 형식이 잘못되었습니다.", "This log entry is malformed." } },
    { "entry-order", new string[] { "기록이 빠졌거나 순서가 바뀌었습니다. 처음 어긋난 줄입니다.", "A log entry was dropped or moved; this is the first line out of order." } },
    { "entry-link", new string[] { "이 기록이 앞 기록과 이어지지 않습니다. 이 줄이나 앞줄이 바뀌었습니다.", "This log entry does not follow from the one before; one of the two was changed." } },
    { "entry-count", new string[] { "기록 수가 서명된 요약과 다릅니다.", "The number of log entries differs from the checkpoint." } },
    { "log-root", new string[] { "기록 전체의 해시가 서명된 요약과 다릅니다.", "The hash over all log entries differs from the checkpoint." } },
    { "openings-form", new string[] { "봉인을 여는 값의 형식이 잘못되었습니다.", "The file that opens the commitments is malformed." } },
    { "opening-wrong", new string[] { "이 값으로는 기록의 봉인이 열리지 않습니다.", "This does not open the commitment in its log entry." } },
    { "opening-missing", new string[] { "이 호증의 봉인을 여는 값이 없습니다.", "What opens the commitment of this exhibit is missing." } },
    { "csv-form", new string[] { "표의 형식이 잘못되었습니다.", "The table is malformed." } },
    { "csv-count", new string[] { "표의 줄 수가 기록과 다릅니다.", "The number of rows differs from the record." } },
    { "csv-row", new string[] { "표의 이 줄이 다른 기록과 맞지 않습니다.", "This row does not fit the other records." } },
    { "exhibit-digest", new string[] { "호증 파일이 기록에 봉인된 것과 다릅니다.", "The exhibit is not the file that the log is committed to." } },
    { "exhibit-unlisted", new string[] { "호증 목록에 없는 파일입니다.", "The list of exhibits does not name this file." } },
    { "proof-missing", new string[] { "이 호증의 포함 증명이 없습니다.", "The proof of inclusion of this exhibit is missing." } },
    { "proof-form", new string[] { "포함 증명이 이 기록의 것이 아닙니다.", "The proof of inclusion does not belong to this log and exhibit." } },
    { "proof-wrong", new string[] { "포함 증명이 서명된 요약으로 이어지지 않습니다.", "The proof of inclusion does not lead to the checkpoint." } },
    { "window-wrong", new string[] { "이 메시지의 봉인은 기록에 있는 것이 아닙니다.", "The log does not tell of the sealed messages that this one is said to be among." } },
    { "derivative-digest", new string[] { "가린 사본이 기록에 봉인된 것과 다릅니다.", "The redacted copy is not the file that the log is committed to." } },
    { "derivative-source", new string[] { "가린 사본에 대한 설명이 기록과 다릅니다.", "What is said of this redacted copy is not what the log says." } },
    { "anchor-form", new string[] { "시점확인을 받은 요약의 형식이 잘못되었습니다.", "The anchored checkpoint is malformed or not signed by the log." } },
    { "anchor-root", new string[] { "시점확인을 받은 요약이 이 기록의 앞부분이 아닙니다.", "The anchored checkpoint is not of the beginning of this log." } },
    { "stamp-form", new string[] { "시점확인 자료의 형식이 잘못되었습니다.", "The time stamp is malformed, or not of a kind that is known." } },
    { "stamp-imprint", new string[] { "시점확인이 다른 자료에 대한 것입니다.", "The time stamp is of other bytes." } },
    { "stamp-nonce", new string[] { "시점확인이 이 요청에 대한 답이 아닙니다.", "The time stamp does not answer this request." } },
    { "stamp-signature", new string[] { "시점확인의 서명이 맞지 않습니다.", "The signature of the time stamp is wrong." } },
    { "stamp-certificate", new string[] { "시점확인 기관의 인증서가 맞지 않습니다.", "The certificates of the time-stamping authority do not hold." } },
    { "authority-other", new string[] { "알려 준 기관의 시점확인이 없습니다.", "No time stamp that holds is by an authority you gave." } },
    { "cosignature", new string[] { "증인의 서명이 맞지 않거나 표와 다릅니다.", "A cosignature is wrong, or is not as the table says." } },
    { "witness-form", new string[] { "증인 열쇠 파일의 형식이 잘못되었습니다.", "The file that names the witnesses is malformed." } },
    { "quorum", new string[] { "알려 준 정책만큼 증인이 서명하지 않았습니다.", "Fewer witnesses cosigned than the policy you gave asks." } },
  };
  public static readonly Dictionary<string, string[]> Intact = new Dictionary<string, string[]> {
    { "signer-other", new string[] { "온전하지만, 알려 준 열쇠로 서명한 것이 아닙니다. 지문을 종이와 다시 견주십시오.", "Intact, but not by the key you gave. Compare the fingerprint with the paper again." } },
    { "authority-other", new string[] { "온전하지만, 알려 준 기관의 시점확인이 없습니다.", "Intact, but without a time stamp by an authority you gave." } },
    { "quorum", new string[] { "온전하지만, 알려 준 정책만큼 증인이 서명하지 않았습니다.", "Intact, but not cosigned as the policy you gave asks." } },
  };
  public static readonly Dictionary<string, string[]> Options = new Dictionary<string, string[]> {
    { "signer", new string[] { "열쇠 지문으로 읽을 수 없습니다. 종이에 적힌 그대로, SHA256: 뒤에 글자 43개입니다. 예: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "This is no key fingerprint. It is SHA256: and 43 characters, as on the paper. Example: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU" } },
    { "authority", new string[] { "인증서 지문으로 읽을 수 없습니다. SHA-256을 16진수 64자로 적은 것입니다. 예: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "This is no fingerprint of a certificate. It is a SHA-256 in 64 hexadecimal digits. Example: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" } },
    { "policy", new string[] { "증인 정책 파일(C2SP tlog-policy)로 읽을 수 없습니다. 예: witness 이름 열쇠, group 이름 2 이름 이름, quorum 이름을 한 줄에 하나씩 적은 파일", "This is no policy file (C2SP tlog-policy) that can be read. Example: a file with lines such as witness NAME VKEY, group NAME 2 NAME NAME, quorum NAME" } },
  };
  public static readonly Dictionary<string, string[]> Shown = new Dictionary<string, string[]> {
    { "files", new string[] { "파일 {count}개가 모두 서명된 때 그대로입니다.", "All {count} files are as they were when they were signed." } },
    { "signature", new string[] { "서명한 열쇠: {signer}", "Signed by the key {signer}" } },
    { "log", new string[] { "기록 {entries}건은 빠지거나 바뀌거나 순서가 달라지지 않았습니다.", "No log entry of {entries} was dropped, changed or moved." } },
    { "exhibits", new string[] { "호증 {count}개는 기록에 봉인된 바로 그것입니다.", "{count} exhibits are the ones that the log was committed to." } },
    { "messages", new string[] { "메시지 {count}개는 봉인된 내보내기 안에 그대로 있던 것입니다.", "{count} messages stand in the sealed export as they are shown." } },
    { "derivatives", new string[] { "가린 사본 {count}개는 기록이 말하는 원본에서 기록이 말하는 대로 만든 것이라고 적혀 있습니다.", "{count} redacted copies are the ones that the log tells of, with their sources." } },
    { "stamp", new string[] { "처음 기록 {entries}건은 늦어도 {time}에는 있었습니다. 시점확인: {name}, 인증서 지문 {certificate}", "The first {entries} log entries existed by {time} (no later), according to {name}, certificate {certificate}" } },
    { "cosignature", new string[] { "처음 기록 {entries}건에 {time}에 증인의 서명이 있었습니다. 증인: {name}", "The first {entries} log entries were cosigned at {time} by the witness {name}" } },
  };
  public static readonly Dictionary<string, string[]> NotShown = new Dictionary<string, string[]> {
    { "author", new string[] { "누가 글을 썼는지.", "Who wrote a message." } },
    { "served", new string[] { "서버가 그것을 보냈는지.", "That a server sent it." } },
    { "export-true", new string[] { "원래 내보내기가 참인지.", "That the export was true." } },
    { "clock", new string[] { "위의 시점확인과 증인의 서명 말고는, 시각은 이 기기의 시계가 말한 것입니다.", "Times, but those of stamps and cosignatures above, are the word of the recording machine's clock." } },
    { "unpinned", new string[] { "누구의 열쇠인지. 위 열쇠 지문을 서명된 해시 확인서(종이)의 지문과 직접 비교하십시오. 다르면 이 결과는 뜻이 없습니다.", "Whose key it is. Compare the fingerprint above with the one on the signed hash-confirmation sheet (paper). If they differ, this result means nothing." } },
    { "unpinned-authority", new string[] { "이 시점확인 기관의 인증서가 맞는지는 지문을 다른 곳에서 받아 견주어야 알 수 있습니다.", "Whether these are the right authorities: compare the certificates' fingerprints with ones from elsewhere." } },
    { "unanchored", new string[] { "언제까지 이 기록이 있었는지에 대한 다른 사람의 확인.", "Anybody else's word on when this log existed." } },
  };
}

public static class Program {
  /// A time as all of haechi writes it: with its distance from UTC, here none.
  static string Moment(long at) {
    return at > 253402300799L ? at.ToString(CultureInfo.InvariantCulture) : new DateTime(621355968000000000L + at * 10000000L, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC+00:00";
  }
  static string Line(Claim one, int language) {
    return "  - " + Words.Shown[one.Code][language].Replace("{count}", one.Count.ToString()).Replace("{entries}", one.Entries.ToString()).Replace("{signer}", one.Signer).Replace("{time}", Moment(one.At))
      .Replace("{certificate}", one.Certificate).Replace("{name}", Unsafe.Replace(one.Name ?? "", "?")) + "\n";
  }
  /// What findings come to: something is broken, or all is intact and by others than those that were named.
  static string Headline(Check check) {
    if (!check.IsIntact()) return "문제 " + check.Findings.Count + "건. 이 증거 묶음은 검증되지 않았습니다.\n" + check.Findings.Count + " finding(s). This packet does not verify.\n";
    StringBuilder text = new StringBuilder();
    for (int language = 0; language < 2; language++) foreach (KeyValuePair<string, string[]> one in Words.Intact) if (check.Findings.Any(delegate(Finding found) { return found.Code == one.Key; })) text.Append(one.Value[language] + "\n");
    return text.ToString();
  }
  static int Misused(string option, string value) {
    string shown = Unsafe.Replace(value, "?");
    Error("-" + char.ToUpperInvariant(option[0]) + option.Substring(1) + " " + (shown.Length > 100 ? shown.Substring(0, 100) : shown) + "\n  " + Words.Options[option][0] + "\n  " + Words.Options[option][1] + "\n");
    return 2;
  }
  static void Error(string text) { byte[] bytes = Bytes.Utf8(text); using (Stream output = Console.OpenStandardError()) output.Write(bytes, 0, bytes.Length); }

  static void Out(string text) { byte[] bytes = Bytes.Utf8(text); using (Stream output = Console.OpenStandardOutput()) output.Write(bytes, 0, bytes.Length); }
  static readonly Regex Unsafe = new Regex("[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"); // would steer a terminal

  static string Told(Check check) {
    StringBuilder text = new StringBuilder("해치 증거 묶음 검증 / Haechi packet check\n");
    foreach (Finding one in check.Findings) text.Append("  [!] " + one.Code + "  " + one.Place + "\n      " + Words.Findings[one.Code][0] + "\n      " + Words.Findings[one.Code][1] + "\n");
    if (check.Findings.Count > 0) {
      if (check.Signer != null) text.Append("\n서명한 열쇠 / signed by: " + check.Signer + "\n");
      return text.Append("\n" + Headline(check) + "FAIL\n").ToString();
    }
    for (int language = 0; language < 2; language++) {
      text.Append(language == 0 ? "\n확인된 것:\n" : "\nShown:\n");
      foreach (Claim one in check.Proven()) text.Append(Line(one, language));
      if (check.NotCounted().Count > 0) text.Append(language == 0 ? "\n세지 않은 것 (알려 준 기관의 것이 아닌 시점확인):\n" : "\nNot counted (time stamps by authorities you did not give):\n");
      foreach (Claim one in check.NotCounted()) text.Append(Line(one, language));
      text.Append(language == 0 ? "\n확인되지 않은 것:\n" : "\nNot shown:\n");
      foreach (string code in check.NotProven()) text.Append("  - " + Words.NotShown[code][language] + "\n");
    }
    return text.Append("\n검증 통과\nPASS\n").ToString();
  }

  /// Exit status: 0 PASS, 1 FAIL, 2 when nothing could be checked.
  public static int Main(string[] arguments) {
    string folder = null, signer = null, policy = null;
    List<string> authorities = new List<string>();
    bool json = false;
    for (int at = 0; at < arguments.Length; at++) {
      if (arguments[at] == "--json") json = true;
      else if (arguments[at] == "--signer" && at + 1 < arguments.Length) signer = arguments[++at];
      else if (arguments[at] == "--authority" && at + 1 < arguments.Length) authorities.Add(arguments[++at]);
      else if (arguments[at] == "--policy" && at + 1 < arguments.Length) policy = arguments[++at];
      else folder = arguments[at];
    }
    if (signer != null && !Regex.IsMatch(signer, @"\ASHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]\z")) return Misused("signer", signer); // 32 bytes: the last character has 4 bits of them
    string[] prints = authorities.Select(delegate(string one) { return one.Replace(":", "").ToLowerInvariant(); }).ToArray(); // as openssl prints it, or as we do
    for (int at = 0; at < prints.Length; at++) if (!Regex.IsMatch(prints[at], @"\A[0-9a-f]{64}\z")) return Misused("authority", authorities[at]);
    Policy read = null;
    if (policy != null) {
      try { read = Policy.From(File.ReadAllBytes(policy)); } catch (IOException) { } catch (UnauthorizedAccessException) { } catch (ArgumentException) { } catch (NotSupportedException) { }
      if (read == null) return Misused("policy", policy);
    }
    if (folder == null || !Check.IsPacket(folder)) { Error("해치 증거 묶음이 아닙니다. / This is not a Haechi packet.\n"); return 2; }
    try {
      Check check = new Check(folder, signer, prints, read);
      check.Run();
      Out(json ? check.AsJson() : Told(check));
      return check.Findings.Count > 0 ? 1 : 0;
    } catch (IOException error) { Error("읽을 수 없습니다. / Cannot be read: " + error.Message + "\n"); return 2; }
    catch (UnauthorizedAccessException error) { Error("읽을 수 없습니다. / Cannot be read: " + error.Message + "\n"); return 2; }
  }
}
}
'@
if (-not $Packet) { $Packet = Split-Path -Parent (Split-Path -Parent $MyInvocation.MyCommand.Path) }
try {
    if (-not ('Haechi.Program' -as [type])) {
        if ($PSVersionTable.PSVersion.Major -lt 6) {
            Add-Type -IgnoreWarnings -TypeDefinition $source -Language CSharp -ReferencedAssemblies 'System.Core', 'System.Numerics'
        }
        else {
            Add-Type -IgnoreWarnings -TypeDefinition $source -Language CSharp
        }
    }
    # .NET has a current folder of its own; paths are made whole before it sees them.
    $arguments = @($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Packet))
    if ($PSBoundParameters.ContainsKey('Signer')) { $arguments += @('--signer', $Signer) }
    foreach ($one in ($Authority -split ',')) { $arguments += @('--authority', $one.Trim()) }
    if ($PSBoundParameters.ContainsKey('Policy')) { $arguments += @('--policy', $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Policy)) }
    if ($Json) { $arguments += '--json' }
    try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { $null = $_ } # a console may have none to set
    $status = [Haechi.Program]::Main([string[]]$arguments)
}
catch {
    [Console]::Error.WriteLine("검사할 수 없습니다. / The check could not be made: $_")
    $status = 2
}
exit $status

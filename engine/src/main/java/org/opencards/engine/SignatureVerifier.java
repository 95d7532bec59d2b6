package org.opencards.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies what {@code src/engine/signing.ts} writes: {@code <key id>:<user, base64url>:<unix time in ms>:<HMAC, hex>}. */
final class SignatureVerifier {

  private static final Pattern FORM = Pattern.compile("(door|worker):([A-Za-z0-9_-]{1,400}):(\\d{1,15}):([0-9a-f]{64})");
  private static final String ALGORITHM = "HmacSHA256";
  private static final long TOLERANCE_MS = 30_000;

  private final SecretKeySpec doorKey;
  private final SecretKeySpec workerKey;

  SignatureVerifier(String doorSecret, String workerSecret) {
    doorKey = new SecretKeySpec(doorSecret.getBytes(UTF_8), ALGORITHM);
    workerKey = new SecretKeySpec(workerSecret.getBytes(UTF_8), ALGORITHM);
  }

  /**
   * Who signed a request, or nothing when it was not signed by us, was signed for another request, or more than 30 s ago or
   * ahead.
   *
   * @param header value of the signature header, null when there is none
   * @param target path and query exactly as received
   * @param nowMs unix time in milliseconds
   */
  Optional<String> signedUser(String header, String method, String target, long nowMs) {
    Matcher part = FORM.matcher(header == null ? "" : header);
    if (!part.matches() || Math.abs(nowMs - Long.parseLong(part.group(3))) > TOLERANCE_MS) {
      return Optional.empty();
    }
    String keyId = part.group(1);
    String user;
    try {
      user = new String(Base64.getUrlDecoder().decode(part.group(2)), UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    String message = String.join("\n", keyId, user, part.group(3), method, target);
    byte[] expected = mac(keyId.equals("door") ? doorKey : workerKey, message);
    if (!MessageDigest.isEqual(expected, HexFormat.of().parseHex(part.group(4)))) {
      return Optional.empty();
    }
    boolean allowed = keyId.equals("door") || user.equals(TechnicalUsers.WORKER);
    return allowed ? Optional.of(user) : Optional.empty();
  }

  private static byte[] mac(SecretKeySpec key, String message) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(message.getBytes(UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}

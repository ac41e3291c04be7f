package com.fluxvantage.runtime;

import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.tenancy.TokenClaims;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;

import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Verifies OpenID Connect access tokens as RFC 8725 asks: one algorithm, keys of the configured
 * issuer only and by {@code kid} only, exact issuer and audience, an expiry, at most a minute of
 * clock skew. Keys are cached; an unknown {@code kid} fetches them again at most once a minute, and
 * while the issuer is away the keys that were good keep serving for a day.
 */
public final class TokenVerifier {
    /** The claim that names the tenant which the person chose at sign-in. */
    public static final String TENANT_CLAIM = "fv_tenant";

    private static final int LONGEST_TOKEN = 8 * 1024;
    private static final int SKEW_SECONDS = 60;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int READ_MILLIS = 2_000;
    private static final int LARGEST_KEY_SET_BYTES = 64 * 1024;
    private static final Duration KEYS_LIVE = Duration.ofMinutes(10);
    private static final Duration REFRESH_WAIT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_REFRESHES = Duration.ofMinutes(1);
    private static final Duration OUTAGE = Duration.ofHours(24);

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private volatile String lastGoodKeyId = "";

    public TokenVerifier(String issuer, String audience, URL keySet) {
        this(issuer, audience, keySet, KEYS_LIVE, BETWEEN_REFRESHES);
    }

    TokenVerifier(
            String issuer,
            String audience,
            URL keySet,
            Duration keysLive,
            Duration betweenRefreshes) {
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(
                                keySet,
                                new DefaultResourceRetriever(
                                        CONNECT_MILLIS, READ_MILLIS, LARGEST_KEY_SET_BYTES))
                        .cache(keysLive.toMillis(), REFRESH_WAIT.toMillis())
                        .refreshAheadCache(false)
                        .rateLimited(betweenRefreshes.toMillis())
                        .outageTolerant(OUTAGE.toMillis())
                        .build();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(
                        new JOSEObjectType("at+jwt"), JOSEObjectType.JWT, null));
        var claims =
                new DefaultJWTClaimsVerifier<SecurityContext>(
                        Set.of(audience),
                        new JWTClaimsSet.Builder().issuer(issuer).build(),
                        Set.of("sub", "exp", "iat", TENANT_CLAIM),
                        Set.of());
        claims.setMaxClockSkew(SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
    }

    /** Empty for every token that is not good, whatever the reason: a stranger learns nothing. */
    Optional<TokenClaims> verify(String token) {
        if (token.length() > LONGEST_TOKEN) {
            return Optional.empty();
        }
        try {
            var signed = SignedJWT.parse(token);
            return verify(signed, String.valueOf(signed.getHeader().getKeyID()));
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private Optional<TokenClaims> verify(SignedJWT token, String keyId)
            throws BadJOSEException, JOSEException, ParseException {
        try {
            var claims = processor.process(token, null);
            lastGoodKeyId = keyId;
            if (isFromTheFuture(claims)) {
                return Optional.empty();
            }
            return Optional.of(
                    new TokenClaims(
                            new TenantId(uuid(claims.getStringClaim(TENANT_CLAIM))),
                            new TokenClaims.UserSubject(claims.getSubject())));
        } catch (RateLimitReachedException _) {
            // The keys are known and this is none of them: a stranger who keeps on trying.
            if (!lastGoodKeyId.isEmpty() && !lastGoodKeyId.equals(keyId)) {
                return Optional.empty();
            }
            throw new ProblemFound(Problem.of(BoundaryProblem.RETRY_LATER));
        } catch (KeySourceException _) {
            throw new ProblemFound(Problem.of(BoundaryProblem.RETRY_LATER));
        }
    }

    // Java also reads 1-1-1-1-1 as a UUID; a claim has one spelling.
    private static UUID uuid(String text) {
        var uuid = UUID.fromString(text);
        if (!uuid.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("not the text of a UUID");
        }
        return uuid;
    }

    private static boolean isFromTheFuture(JWTClaimsSet claims) {
        return claims.getIssueTime().toInstant().isAfter(Instant.now().plusSeconds(SKEW_SECONDS));
    }
}

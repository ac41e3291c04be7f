package com.fluxvantage.local.gateway;

import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.TokenVerifier;

import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;

import java.net.InetAddress;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An OpenID Connect issuer on this machine: real signatures and a real key set, over loopback. */
public final class LocalIssuer implements AutoCloseable {
    public static final String AUDIENCE = "fluxvantage";

    private static final String NAME = "local";

    private final MockOAuth2Server server = new MockOAuth2Server();

    public LocalIssuer() {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    public String issuer() {
        return server.issuerUrl(NAME).toString();
    }

    public URL keySet() {
        return server.jwksUrl(NAME).url();
    }

    public TokenVerifier verifier() {
        return new TokenVerifier(issuer(), AUDIENCE, keySet());
    }

    /** What a person gets who signs in and chooses this tenant. */
    public String token(String subject, TenantId tenant, Duration life) {
        return server.issueToken(
                        NAME,
                        "console",
                        new DefaultOAuth2TokenCallback(
                                NAME,
                                subject,
                                "JWT",
                                List.of(AUDIENCE),
                                Map.of(TokenVerifier.TENANT_CLAIM, tenant.uuid().toString()),
                                life.toSeconds()))
                .serialize();
    }

    @Override
    public void close() {
        server.shutdown();
    }
}

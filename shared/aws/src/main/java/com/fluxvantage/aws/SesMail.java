package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.Mail;
import com.fluxvantage.kernel.outside.Undeliverable;
import com.fluxvantage.kernel.text.CanonicalJson;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Sends through Amazon SES, version 2 of its API, from templates that lie there. SES knows no key
 * by which it would drop a letter that it has had. Safe for use by many threads.
 */
final class SesMail implements Mail {
    /** The host's name, which is not the name that requests are signed with. */
    static final String HOST = "email";

    private static final String PATH = "/v2/email/outbound-emails";
    private static final Map<String, String> HEADERS = Map.of("Content-Type", "application/json");
    private static final String NO_SUCH_ADDRESS = "MessageRejected";

    private final JsonEndpoint ses;
    private final String from;
    private final String prefix;

    /**
     * @param from whose letters they are
     * @param prefix with which the names of this deployment's templates begin
     */
    SesMail(Supplier<JsonEndpoint.Way> way, String from, String prefix) {
        this.ses = new JsonEndpoint("ses", way);
        this.from = from;
        this.prefix = prefix;
    }

    // What the service says of an address may repeat it: its sentence goes no further.
    @Override
    public void send(Letter letter) {
        var filled = new String(CanonicalJson.bytes(letter.parameters()), StandardCharsets.UTF_8);
        var template =
                Map.of(
                        "TemplateName",
                        prefix + "-" + letter.template().publicName(),
                        "TemplateData",
                        filled);
        try {
            ses.post(
                    PATH,
                    HEADERS,
                    Map.of(
                            "FromEmailAddress", from,
                            "Destination",
                                    Map.of("ToAddresses", List.of(letter.address().sealed())),
                            "Content", Map.of("Template", template)));
        } catch (JsonEndpoint.Refused e) {
            if (e.code().equals(NO_SUCH_ADDRESS)) {
                throw new Undeliverable();
            }
            throw e;
        }
    }
}

package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.Mail;
import com.fluxvantage.kernel.outside.Undeliverable;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.kernel.text.CanonicalJson;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.LimitExceededException;
import software.amazon.awssdk.services.sesv2.model.MessageRejectedException;
import software.amazon.awssdk.services.sesv2.model.SendingPausedException;
import software.amazon.awssdk.services.sesv2.model.SesV2Exception;
import software.amazon.awssdk.services.sesv2.model.Template;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Sends through Amazon SES, version 2 of its API, from templates that lie there. SES knows no key
 * by which it would drop a letter that it has had. Safe for use by many threads.
 */
final class SesMail implements Mail {
    private static final String SERVICE = "SES";

    private final Supplier<SesV2Client> opener;
    private final String from;
    private final String prefix;
    private @Nullable SesV2Client opened;

    /**
     * @param from whose letters they are
     * @param prefix with which the names of this deployment's templates begin
     */
    SesMail(Supplier<SesV2Client> opener, String from, String prefix) {
        this.opener = opener;
        this.from = from;
        this.prefix = prefix;
    }

    // What the service says of an address may repeat it: its sentence goes no further.
    @Override
    public void send(Letter letter) {
        var filled = new String(CanonicalJson.bytes(letter.parameters()), StandardCharsets.UTF_8);
        var template =
                Template.builder()
                        .templateName(prefix + "-" + letter.template().publicName())
                        .templateData(filled)
                        .build();
        try {
            client().sendEmail(it ->
                    it.fromEmailAddress(from)
                            .destination(to -> to.toAddresses(letter.address().sealed()))
                            .content(content -> content.template(template)));
        } catch (MessageRejectedException _) {
            throw new Undeliverable();
        } catch (LimitExceededException | SendingPausedException | SdkClientException e) {
            throw new Unreachable(SERVICE, e);
        } catch (SesV2Exception e) {
            if (e.isThrottlingException() || e.statusCode() >= 500) {
                throw new Unreachable(SERVICE, e);
            }
            throw e;
        }
    }

    private synchronized SesV2Client client() {
        var client = opened;
        if (client == null) {
            client = opener.get();
            opened = client;
        }
        return client;
    }
}

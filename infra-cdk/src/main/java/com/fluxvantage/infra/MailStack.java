package com.fluxvantage.infra;

import com.fluxvantage.kernel.outside.MailTemplate;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ses.CfnTemplate;
import software.constructs.Construct;

/**
 * The words of the platform's letters. The domain that they come from is verified with SES once, by
 * whoever has its name servers; that is not done here.
 */
final class MailStack extends Stack {
    MailStack(Construct scope, Settings settings) {
        super(scope, settings.stackName("mail"));
        for (var template : MailTemplate.values()) {
            CfnTemplate.Builder.create(this, template.publicName())
                    .template(
                            CfnTemplate.TemplateProperty.builder()
                                    .templateName(settings.prefix() + "-" + template.publicName())
                                    .subjectPart(subject(template))
                                    .textPart(text(template))
                                    .build())
                    .build();
        }
    }

    static String from(Settings settings) {
        return "no-reply@" + domain(settings);
    }

    static String identityArn(Stack of, Settings settings) {
        return arn(of) + "identity/" + domain(settings);
    }

    static String templatesArn(Stack of, Settings settings) {
        return arn(of) + "template/" + settings.prefix() + "-*";
    }

    private static String arn(Stack of) {
        return "arn:aws:ses:" + of.getRegion() + ":" + of.getAccount() + ":";
    }

    private static String domain(Settings settings) {
        return settings.edge().map(Settings.Edge::domainName).orElse("localhost.invalid");
    }

    private static String subject(MailTemplate template) {
        return switch (template) {
            case WINDOW_ENDS -> "{{tenant}}: your data can be exported until {{ends_on}}";
            case DELETION_SCHEDULED -> "{{tenant}}: your data is deleted from {{ends_on}}";
            case SUSPENSION_EXPIRES -> "{{tenant}}: your suspended account ends on {{ends_on}}";
            case WEBHOOK_DISABLED -> "{{tenant}}: a webhook endpoint was disabled";
            case CONNECTION_TROUBLED -> "{{tenant}}: a connected shop needs you";
        };
    }

    private static String text(MailTemplate template) {
        return switch (template) {
            case WINDOW_ENDS ->
                    """
                    The account {{tenant}} has ended. Until {{ends_on}} you can export its data and
                    bring the account back; {{days_before}} days or less are left. After that date its
                    data is deleted for good.
                    """;
            case DELETION_SCHEDULED ->
                    """
                    The data of {{tenant}} is deleted for good from {{ends_on}} on. Until then you can
                    still cancel the deletion.
                    """;
            case SUSPENSION_EXPIRES ->
                    """
                    The account {{tenant}} is suspended and ends on {{ends_on}}, unless the suspension
                    is lifted before. After it has ended you have 30 days to export its data.
                    """;
            case WEBHOOK_DISABLED ->
                    """
                    Since {{disabled_on}} the webhook endpoint {{endpoint}} of {{tenant}} is told nothing any
                    more: it has answered 410, or has taken no message for three days. What it misses is kept
                    for 30 days. When it is well again, enable it (revise-webhook-endpoint) and have what it
                    has missed sent (replay-webhook-deliveries).
                    """;
            case CONNECTION_TROUBLED ->
                    """
                    Since {{began_on}} something is wrong with the connection {{connection}} of {{tenant}}:
                    {{trouble}}. CREDENTIAL_REFUSED: it takes your key no more; bring another
                    (replace-shop-credential). NO_ANSWER: it has not answered for half an hour; what came of
                    it and when it is tried again shows get-connection. STOCK_STOPPED: too many of its stock
                    numbers are wrong, and it is told none until you have looked (get-drift-report,
                    accept-drift).
                    """;
        };
    }
}

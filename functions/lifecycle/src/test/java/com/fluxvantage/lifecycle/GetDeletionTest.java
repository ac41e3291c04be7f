package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GetDeletionTest {
    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);

    @Test
    void tells_of_a_deletion_what_went_and_hands_out_a_certificate_that_verifies()
            throws SQLException {
        var leaving = given.due();
        given.toTheEnd(leaving);

        var deletion =
                platform.operator()
                        .done(GetDeletion.OPERATION, new GetDeletion.Request(leaving.tenant()));
        assertThat(deletion.phase()).isEqualTo("DONE");
        assertThat(deletion.steps())
                .filteredOn(it -> it.kind().equals("DELETE"))
                .allMatch(it -> it.isDone() && it.deleted() == it.before())
                .filteredOn(it -> it.target().equals("wms.item"))
                .singleElement()
                .satisfies(it -> assertThat(it.deleted()).isEqualTo(2));

        var certificate =
                platform.operator()
                        .done(
                                GetDeletionCertificate.OPERATION,
                                new GetDeletionCertificate.Request(leaving.tenant()));
        var key = platform.ports().signer().key(SigningPurpose.DELETION_CERTIFICATE);
        assertThat(certificate.keyId()).isEqualTo(key.keyId());
        assertThat(CertificateFile.faults(certificate.file(), key)).isEmpty();
        assertThat(CertificateFile.faults(certificate.file().replaceFirst("2", "3"), key))
                .isNotEmpty();
    }

    @Test
    void a_tenant_that_is_not_deleted_has_neither() {
        var tenant = platform.openTenant();

        assertThat(
                        platform.operator()
                                .call(
                                        GetDeletion.OPERATION,
                                        new GetDeletion.Request(tenant.tenant()))
                                .status())
                .isEqualTo(404);
        assertThat(
                        platform.operator()
                                .call(
                                        GetDeletionCertificate.OPERATION,
                                        new GetDeletionCertificate.Request(tenant.tenant()))
                                .status())
                .isEqualTo(404);
    }

    @Test
    void no_tenant_asks_for_another() {
        var mine = platform.openTenant();
        var theirs = platform.openTenant();

        assertThat(
                        mine.call(
                                        GetDeletionCertificate.OPERATION,
                                        new GetDeletionCertificate.Request(theirs.tenant()))
                                .status())
                .isEqualTo(403);
    }
}

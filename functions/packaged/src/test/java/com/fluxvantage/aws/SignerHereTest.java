package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.runtime.LocalSigner;

/** The signer of this process. */
final class SignerHereTest extends SignerContract {
    private final Signer signer = new LocalSigner();

    @Override
    Signer signer() {
        return signer;
    }
}

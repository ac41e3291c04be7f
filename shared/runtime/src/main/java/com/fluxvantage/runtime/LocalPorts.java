package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Ports;

/** Everything outside, in this process: as strict as what it stands for, and gone with it. */
public final class LocalPorts implements Ports {
    private final LocalSigner signer = new LocalSigner();

    @Override
    public LocalSigner signer() {
        return signer;
    }
}

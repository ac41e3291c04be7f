package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;

import java.nio.charset.StandardCharsets;

/** What the managed runtime hands to a function beside the event. */
final class TestContext implements Context {
    @Override
    public String getAwsRequestId() {
        return "8f4e2c1a-0000-4000-8000-000000000000";
    }

    @Override
    public String getLogGroupName() {
        return "/aws/lambda/fill-shelf";
    }

    @Override
    public String getLogStreamName() {
        return "2026/11/24/[1]abc";
    }

    @Override
    public String getFunctionName() {
        return "fill-shelf";
    }

    @Override
    public String getFunctionVersion() {
        return "1";
    }

    @Override
    public String getInvokedFunctionArn() {
        return "arn:aws:lambda:eu-west-1:123456789012:function:fill-shelf:live";
    }

    @Override
    public CognitoIdentity getIdentity() {
        throw new UnsupportedOperationException("a function behind the gateway has none");
    }

    @Override
    public ClientContext getClientContext() {
        throw new UnsupportedOperationException("a function behind the gateway has none");
    }

    @Override
    public int getRemainingTimeInMillis() {
        return 6_000;
    }

    @Override
    public int getMemoryLimitInMB() {
        return 1_024;
    }

    @Override
    public LambdaLogger getLogger() {
        return new LambdaLogger() {
            @Override
            public void log(String message) {
                System.out.println(message);
            }

            @Override
            public void log(byte[] message) {
                System.out.println(new String(message, StandardCharsets.UTF_8));
            }
        };
    }
}

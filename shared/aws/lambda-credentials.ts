/** What bundling puts in the place of the SDK's credential chain: Lambda gives a function its role's keys as environment
 *  variables, so files, profiles, single sign-on and metadata servers, and the four clients that ask them, are never
 *  used there. Source: Lambda developer guide, execution role credentials in the environment. */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";

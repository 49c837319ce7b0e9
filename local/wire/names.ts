/** How services are called on the wire: target prefixes, credential scopes, XML namespaces. */

/** By the part of `X-Amz-Target` before the dot. */
export const SERVICE_OF_TARGET: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: "ecs",
  AmazonEC2ContainerRegistry_V20150921: "ecr",
  AmazonSQS: "sqs",
  GraniteServiceVersion20100801: "cloudwatch",
  DynamoDB_20120810: "dynamodb",
  AWSEvents: "events",
  CodeDeploy_20141006: "codedeploy",
  AnyScaleFrontendService: "application-autoscaling",
  AmazonSSM: "ssm",
  secretsmanager: "secretsmanager",
  Logs_20140328: "logs",
};

/** The service a signature is for, as this cloud names it. */
export const serviceOfScope = (scope: string): string => (scope === "monitoring" ? "cloudwatch" : scope);

/** Namespaces of the XML that Query services answer. */
export const XML_NAMESPACES: Readonly<Record<string, string>> = {
  cloudformation: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
  cloudwatch: "http://monitoring.amazonaws.com/doc/2010-08-01/",
  sns: "http://sns.amazonaws.com/doc/2010-03-31/",
  sqs: "http://queue.amazonaws.com/doc/2012-11-05/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
};

/** Error names of JSON services that were Query services once, by the name that Query clients know. */
export const QUERY_ERRORS: Readonly<Record<string, string>> = {
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  PurgeQueueInProgress: "AWS.SimpleQueueService.PurgeQueueInProgress",
  QueueDeletedRecently: "AWS.SimpleQueueService.QueueDeletedRecently",
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

/** The pages of `postrider help` that are not about one command; their texts are in help/topic.ts. */
export const topicNames = [
  'exit-codes',
  'destinations',
  'security',
  'oauth',
  'gmail',
  'outlook',
  'configuration',
  'json',
] as const;

export type TopicName = (typeof topicNames)[number];

/** Only for Prisma's own command line (`prisma generate`, `prisma migrate`); the service itself reads src/config/env.ts. */
export default { schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } };

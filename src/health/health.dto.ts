import { ApiProperty } from '@nestjs/swagger';

export class HealthDto {
  @ApiProperty({ enum: ['ok'], description: 'Anything else is answered with 503.' })
  status!: string;

  @ApiProperty({ example: '0.1.0', description: 'Release of the service' })
  version!: string;

  @ApiProperty({ enum: ['up'], description: 'Whether the database answers and has the schema of this release' })
  database!: string;

  @ApiProperty({ type: 'integer', example: 86400, description: 'Seconds since the service started' })
  uptime_seconds!: number;
}

export class LivenessDto {
  @ApiProperty({ enum: ['alive'] })
  status!: string;
}

export class ReadinessDto {
  @ApiProperty({ enum: ['ready'] })
  status!: string;
}

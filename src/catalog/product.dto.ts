import { ApiProperty } from '@nestjs/swagger';

/** A deployable component. */
export class ProductDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  id!: string;

  @ApiProperty({ example: 'my-service' })
  name!: string;

  @ApiProperty({
    type: [String],
    description: 'Its former names, under which events and filters still find it',
    example: ['my-old-service'],
  })
  aliases!: string[];

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  updated_at!: string;
}

// The fixture's runs with the types of the application.
import type {BrowserReport, Frame, Line, Trace} from '../../src/trace/trace';
import * as made from './fixture.mjs';

export const cable = made.cable as Line;
export const makeTrace = (wish: {way?: 'h1' | 'h2'; count?: number; line?: Line; id?: string}): Trace =>
  made.makeTrace(wish as Parameters<typeof made.makeTrace>[0]) as unknown as Trace;
export const makeReport = (trace: Trace): BrowserReport => made.makeReport(trace) as unknown as BrowserReport;
export const makeManyFrames = (count: number, streams?: number): Frame[] => made.makeManyFrames(count, streams) as unknown as Frame[];

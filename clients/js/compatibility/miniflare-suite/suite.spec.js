import '../third-party/workers-sdk/packages/miniflare/test/plugins/d1/suite.ts';

import { postmark } from '@bouncy/postmark'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { testProvider } from '@bouncy/testkit'
import { fixtures } from './fixtures.ts'
import { hook, posts } from './read.ts'

const make = (options: object) => () => postmark({ credentials: [hook], ...options } as never)

testProvider('postmark', {
  provider: () => postmark({ credentials: [hook], allowedIps: ['127.0.0.0/8'] }),
  genuine: fixtures.map(({ name, post, events, quarantined }) => ({
    name,
    post: () => posts.of(post),
    events,
    quarantined: quarantined.length,
  })),
  forged: [
    { name: 'no credentials', post: () => postmarkPosts().bounce(), code: 'credentials-missing' },
    {
      name: 'another scheme',
      post: () => ({ ...posts.bounce(), headers: { authorization: 'Bearer aG9vazpwYXNz' } }),
      code: 'credentials-missing',
    },
    {
      name: 'credentials that are not base64',
      post: () => ({ ...posts.bounce(), headers: { authorization: 'Basic hook:password' } }),
      code: 'credentials-missing',
    },
    {
      name: 'a wrong password',
      post: () => postmarkPosts({ ...hook, password: 'guessed' }).bounce(),
      code: 'credentials-wrong',
    },
    {
      name: 'a wrong username',
      post: () => postmarkPosts({ ...hook, username: 'admin' }).bounce(),
      code: 'credentials-wrong',
    },
    {
      name: 'a peer that is not allowed',
      post: () => posts.bounce(),
      remoteAddress: '198.51.100.1',
      code: 'address-not-allowed',
    },
    {
      name: 'a peer that is not allowed and says that it is another',
      post: () => {
        const post = posts.bounce()
        return {
          ...post,
          headers: { ...post.headers, 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
        }
      },
      remoteAddress: '::ffff:198.51.100.1',
      code: 'address-not-allowed',
    },
    { name: 'an array', post: () => posts.of([JSON.parse(posts.bounce().body)]), code: 'body-malformed' },
    { name: 'broken JSON', post: () => posts.of('{"RecordType":'), code: 'body-malformed' },
    {
      name: 'a key twice',
      post: () => posts.of('{"RecordType":"Bounce","Type":"HardBounce","Type":"Transient"}'),
      code: 'body-malformed',
    },
  ],
  misconfigured: [
    { name: 'nothing', make: () => postmark(undefined as never), message: /options/ },
    { name: 'no credentials', make: () => postmark({} as never), message: /credentials: give at least one/ },
    { name: 'empty credentials', make: make({ credentials: [] }), message: /credentials: give at least one/ },
    {
      name: 'one pair, no list',
      make: make({ credentials: hook }),
      message: /credentials: give at least one/,
    },
    {
      name: 'an undefined password',
      make: make({ credentials: [hook, { username: 'hook', password: undefined }] }),
      message: /credentials\.1\.password: .*environment variable/,
    },
    {
      name: 'an undefined password in a template string',
      make: make({ credentials: [{ username: 'hook', password: `${undefined}` }] }),
      message: /credentials\.0\.password: .*environment variable/,
    },
    {
      name: 'an empty username',
      make: make({ credentials: [{ username: '', password: 'secret' }] }),
      message: /credentials\.0\.username/,
    },
    { name: 'no addresses', make: make({ allowedIps: [] }), message: /allowedIps: give at least one/ },
    { name: 'one address, no list', make: make({ allowedIps: '192.0.2.7' }), message: /allowedIps/ },
    { name: 'a bad range', make: make({ allowedIps: ['192.0.2.0/33'] }), message: /allowedIps\.0/ },
    { name: 'a name that is no path', make: make({ name: 'Post Mark' }), message: /name: use lower-case/ },
    {
      name: 'an unknown option',
      make: make({ allowedIPs: ['192.0.2.7'] }),
      message: /there are credentials/,
    },
  ],
})

/** Whether somebody is signed in, as the page concludes from what it hears. */
import { createLogin } from '../../public/assets/scripts/login.js';

type Login = ReturnType<typeof createLogin>;
interface State {
  name: string;
  user?: string;
  reason?: string;
  isAway: boolean;
}

const ADA = { user: 'ada' };

let login: Login;
/** All states, and what the page was asked to do: `doubt` and `reopen`. */
let heard: string[];
beforeEach(() => {
  heard = [];
  login = createLogin({
    onChange: ({ name, user, reason, isAway }: State) =>
      heard.push([name, user, reason, isAway && 'away'].filter(Boolean).join(' ')),
    onDoubt: () => heard.push('doubt'),
    reopen: () => heard.push('reopen'),
  });
});

/** As the stream says it: first that there is no session, which it also says while Redis is away. */
function hearNobody(openedHow = {}): void {
  login.hearSession(null, openedHow);
  login.hearRedis(false);
}

const answer = (status: number) => login.hearAnswer({ status, json: ADA });

describe('the stream', () => {
  it('says who is signed in; the same user again is a reason to ask', () => {
    login.hearSession(ADA, {});
    login.hearSession(ADA, {});
    login.hearSession({ user: 'bob' }, {});
    expect(heard).toEqual(['in ada', 'doubt', 'in bob']);
  });

  it('says that nobody is signed in, once Redis is there', () => {
    login.hearSession(null, {});
    expect(heard).toEqual([]);
    login.hearRedis(false);
    expect(heard).toEqual(['anonymous']);
  });

  it('is opened anew when Redis was away, before it is believed that nobody is signed in', () => {
    login.hearSession(ADA, {});
    login.hearRedis(true);
    hearNobody();
    expect(heard).toEqual(['in ada', 'in ada away', 'in ada', 'reopen']);
  });

  it('is doubted when it does not know who is signed in, unless the page was hidden', () => {
    login.hearSession(ADA, {});
    hearNobody();
    hearNobody({ isResumed: true });
    expect(heard).toEqual(['in ada', 'doubt', 'over ada hidden']);
  });

  it('is not believed that nobody is signed in while Redis is away', () => {
    login.hearSession(null, {});
    login.hearRedis(true);
    expect(heard).toEqual(['unknown away']);
    login.hearRedis(false);
    expect(heard).toEqual(['unknown away', 'unknown', 'reopen']);
  });

  it('is doubted once for each time that it names nobody', () => {
    login.hearSession(ADA, {});
    hearNobody();
    login.hearRedis(false);
    expect(heard).toEqual(['in ada', 'doubt']);
  });

  it('that named nobody is no reason to doubt what the page has done since', () => {
    login.hearSession(null, {});
    login.believeSignedIn('ada');
    login.hearRedis(false);
    expect(heard).toEqual(['in ada']);
  });

  it('may name a user, or lose one, while Redis is away', () => {
    login.hearRedis(true);
    login.hearSession(ADA, {});
    login.over('lost');
    expect(heard).toEqual(['unknown away', 'in ada away', 'over ada lost away']);
  });

  it('says that the session was ended elsewhere; this browser may have another one', () => {
    login.hearSession(ADA, {});
    login.hearEnded();
    login.hearEnded();
    expect(heard).toEqual(['in ada', 'over ada elsewhere', 'reopen', 'reopen']);
  });
});

describe('the end', () => {
  it('by the user is not one elsewhere, unless it fails', () => {
    login.hearSession(ADA, {});
    login.beginEnding();
    login.hearEnded();
    expect(heard).toEqual(['in ada']);
    login.failEnding();
    login.hearEnded();
    expect(heard).toEqual(['in ada', 'over ada elsewhere', 'reopen']);
  });

  it('by the user hides no later one elsewhere', () => {
    login.hearSession(ADA, {});
    login.beginEnding();
    login.over('out');
    login.hearSession(ADA, {});
    login.hearEnded();
    expect(heard).toEqual(['in ada', 'over ada out', 'in ada', 'over ada elsewhere', 'reopen']);
  });

  it('that the countdown expects has its reason, whoever says that nobody is signed in', () => {
    login.hearSession(ADA, {});
    login.expectEnd('idle');
    hearNobody();
    login.hearSession(ADA, {});
    login.expectEnd('absolute');
    answer(401);
    expect(heard).toEqual([
      'in ada',
      'reopen',
      'over ada idle',
      'in ada',
      'reopen',
      'over ada absolute',
    ]);
  });

  it('is expected no more when another tab has prolonged the session', () => {
    login.hearSession(ADA, {});
    login.expectEnd('idle');
    login.hearSession(ADA, {});
    hearNobody();
    login.expectEnd('idle');
    answer(200);
    answer(401);
    expect(heard).toEqual(['in ada', 'reopen', 'doubt', 'doubt', 'reopen', 'over ada ended']);
  });

  it('of nobody is none', () => {
    hearNobody();
    login.over('lost');
    expect(heard).toEqual(['anonymous']);
  });
});

describe('without a stream, an answer', () => {
  it('says who is signed in, and that the session has ended', () => {
    answer(200);
    answer(200);
    answer(401);
    expect(heard).toEqual(['in ada', 'over ada ended']);
  });

  it('says that nobody is signed in', () => {
    answer(401);
    expect(heard).toEqual(['anonymous']);
  });

  it('that nobody is signed in does not hide how the session ended', () => {
    answer(200);
    answer(401);
    answer(401);
    expect(heard).toEqual(['in ada', 'over ada ended']);
  });

  it('says that Redis is away, which ends no session, and is there again', () => {
    answer(200);
    answer(503);
    answer(200);
    expect(heard).toEqual(['in ada', 'in ada away', 'in ada']);
  });

  it.each([0, 404, 500])('with status %s says nothing, nor that Redis is back', (status) => {
    answer(200);
    answer(503);
    answer(status);
    expect(heard).toEqual(['in ada', 'in ada away']);
  });
});

/** Sets HOME where there is none, as in a pod: a package that cfenv brings along does not load without it. */
process.env.HOME ??= '/';

"""Mailbox providers with which anybody can register, most used in Europe and the world.

A mailbox there tells nothing about who employs its owner, so it never matches a company by domain (decision 7).
"""

from __future__ import annotations

_LIST = """
163.com 126.com aim.com alice.it aol.com arcor.de att.net bbox.fr bigpond.com bluewin.ch bol.com.br btinternet.com
centrum.cz club-internet.fr comcast.net cox.net daum.net email.com email.cz email.de fastmail.com fastmail.fm
free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com hanmail.net hey.com
hotmail.be hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com ig.com.br inbox.ru
interia.pl internode.on.net katamail.com laposte.net libero.it list.ru live.be live.co.uk live.com live.fr live.it
live.nl mac.com mail.com mail.ru mailbox.org me.com msn.com myyahoo.com naver.com neuf.fr numericable.fr o2.pl
onet.pl online.de onmail.com op.pl orange.fr outlook.be outlook.com outlook.de outlook.es outlook.fr outlook.it
outlook.pt pm.me posteo.de poste.it proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com
rocketmail.com sapo.pt sbcglobal.net seznam.cz sfr.fr sina.com skynet.be sky.com t-online.de talktalk.net
telefonica.net telenet.be terra.com.br terra.es tiscali.it tiscali.co.uk tuta.com tutanota.com tutamail.com
uol.com.br verizon.net virgilio.it virginmedia.com voila.fr wanadoo.es wanadoo.fr web.de wp.pl xs4all.nl
yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com
yandex.ru yeah.net ymail.com ziggo.nl zoho.com
"""

FREE_MAIL_DOMAINS = frozenset(_LIST.split())

"""Query parameters that say how a reader came to an article, never which article it is.

A data list: names are in lower case, and only such names stand here as no site uses for its articles.  Settings
extend it (``identity.tracking``); a parameter that settings name as identity is never dropped (DESIGN 3.3).
"""

from __future__ import annotations

PREFIXES = ("utm_", "mtm_", "hsa_", "pk_campaign", "pk_kwd", "matomo_", "piwik_")

_CLICKS = """
    dclid fbclid gad_source gbraid gclid gclsrc irclickid li_fat_id msclkid rb_clickid rdt_cid s_kwcid srsltid
    ttclid twclid wbraid yclid ysclid
"""
_CAMPAIGNS = """
    action_object_map action_ref_map action_type_map cmpid epik fb_action_ids fb_action_types fb_ref fb_source
    ga_source ga_medium ga_campaign igsh igshid ncid ns_campaign ns_mchannel ns_source sr_share wt.mc_id
    wt_mc xtor _ga _gl _openstat __twitter_impression
"""
_LETTERS = (
    "_bta_c _bta_tid _hsenc _hsmi __hssc __hstc __hsfp _ke _kx mc_cid mc_eid mkt_tok oly_anon_id oly_enc_id vero_id"
)
_CHINA = """
    bd_vid hmsr hmpl hmcu hmkw hmci isappinstalled nsukey qhclickid scm spm spm_id_from vd_source
    share_from share_medium share_plat share_session_id share_source share_tag share_times share_token
    wechat_redirect wfr wxshare wxfid
"""

NAMES = frozenset(f"{_CLICKS} {_CAMPAIGNS} {_LETTERS} {_CHINA}".split())

# Names of networks (twitter, weibo) are left out: `?source=twitter&id=7` may well name an article.
_SHARED_BY = "rss feed atom newsletter share timeline singlemessage groupmessage wechat weixin"
_SHARING = frozenset(_SHARED_BY.split())

# IDENTITY A.4: a generic name goes only with a value (in lower case) that tells of sharing ...
VALUES = dict.fromkeys(("from", "ref", "source", "src", "referrer", "ref_src"), _SHARING)

# ... or on a site where it is known to mean nothing else.
HOSTS = {
    "mp.weixin.qq.com": frozenset({"from", "scene", "source", "chksm", "sharer_shareinfo", "sharer_shareinfo_first"}),
    "medium.com": frozenset({"source"}),
    "youtube.com": frozenset({"si", "feature"}),
    "youtu.be": frozenset({"si", "feature"}),
    "twitter.com": frozenset({"s", "t", "ref_src"}),
    "x.com": frozenset({"s", "t", "ref_src"}),
    "baijiahao.baidu.com": frozenset({"for", "from"}),
}
